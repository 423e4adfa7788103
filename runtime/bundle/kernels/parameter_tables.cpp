// SPDX-License-Identifier: Apache-2.0
// Words of codes, windows, thresholds and requantisers (see parameter_tables.hpp).
#include "runtime/bundle/kernels/parameter_tables.hpp"

namespace sluice {
namespace {

// The row of the fused curve: settings, then a line to a word. Kernels with filters read the multiplier elsewhere.
void append_curve(std::vector<ParameterTable>& tables, const FusedCurve& curve) {
  if (curve.kind == CurveKind::none) return;
  ParameterTable table{TABLE_SETTINGS, 0, {}, CURVE_ROW};
  for (const int number :
       {curve.segment_bits, int{curve.multiplier[0]}, curve.shift, curve.clamp_low, curve.clamp_high})
    table.words.push_back(word_of(number));
  for (std::size_t s = 0; s < curve.base.size(); ++s)
    table.words.push_back(CURVE_LINE(word_of(curve.base[s]), word_of(curve.slope[s])));
  table.row_words = table.words.size();
  tables.push_back(std::move(table));
}

}  // namespace

template <typename Which>
std::vector<std::uint32_t> ParameterSource::threshold_words(Which which) const {
  std::vector<std::uint32_t> words(TABLE_ROWS, 0);
  for (std::size_t r = 0; r < rows_.size(); ++r) words[r] = word_of(which(rows_[r][std::size_t(kernel_.layer)]));
  return words;
}

std::vector<std::uint32_t> ParameterSource::weight_thresholds() const {
  return threshold_words([](const Thresholds& t) { return t.weight; });
}

std::vector<std::uint32_t> ParameterSource::activation_thresholds() const {
  return threshold_words([](const Thresholds& t) { return t.activation; });
}

std::vector<std::uint32_t> ParameterSource::prefix_lengths() const {
  return threshold_words([](const Thresholds& t) { return t.prefix.k; });
}

void append_codes(std::vector<std::uint32_t>& words, const std::vector<std::int16_t>& codes, int bits) {
  const std::size_t per_word = 32 / std::size_t(bits);
  const std::uint32_t mask = bits == 8 ? 0xffu : 0xffffu;
  for (std::size_t i = 0; i < codes.size(); i += per_word) {
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < per_word && i + j < codes.size(); ++j) {
      word |= (static_cast<std::uint32_t>(codes[i + j]) & mask) << (std::size_t(bits) * j);
    }
    words.push_back(word);
  }
}

void append_row(ParameterTable& table, const std::vector<std::int16_t>& row, int bits) {
  const std::size_t before = table.words.size();
  append_codes(table.words, row, bits);
  table.row_words = table.words.size() - before;
}

std::vector<WindowPlace> window_places(const Layer& layer, const WindowBeat& beat) {
  std::vector<WindowPlace> places;
  const Window& w = layer.window;
  for (int group = 0; group < layer.input.channels; group += beat.lanes) {
    for (int y = 0; y < w.kernel_h; y += beat.taps_h) {
      for (int x = 0; x < w.kernel_w; x += beat.taps_w) {
        for (int tap = 0; tap < beat.taps(); ++tap) {
          for (int lane = 0; lane < beat.lanes; ++lane) {
            places.push_back({y + tap / beat.taps_w, x + tap % beat.taps_w, group + lane});
          }
        }
      }
    }
  }
  return places;
}

ParameterTable window_weights(const ParameterSource& source, int codes) {
  ParameterTable table{TABLE_WEIGHTS, 0, {}};
  const Layer& layer = source.layer();
  const Window& w = layer.window;
  const int out_lanes = source.out_lanes(), bits = source.number(Number::weight_bits);
  const std::vector<WindowPlace> places = window_places(layer, source.window_beat());
  for (int filter = 0; filter < layer.output.channels; filter += out_lanes) {
    for (std::size_t first = 0; first < places.size(); first += std::size_t(codes)) {
      std::vector<std::int16_t> row;
      for (int m = 0; m < codes; ++m) {
        const WindowPlace& at = places[first + std::size_t(m)];
        for (int o = 0; o < out_lanes; ++o) {
          const std::size_t tap = (std::size_t(filter + o) * w.kernel_h + at.ky) * w.kernel_w + at.kx;
          row.push_back(layer.weights[tap * layer.input.channels + at.channel]);
        }
      }
      append_row(table, row, bits);
    }
  }
  return table;
}

void append_requantisers(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  if (sends_sums(source.kernel())) return;
  const Layer& layer = source.layer();
  const auto out_lanes = std::size_t(source.out_lanes());
  const std::vector<std::uint16_t>&own = layer.multiplier, &of_curve = layer.curve.multiplier;
  ParameterTable bias{TABLE_BIAS, out_lanes, {}};
  ParameterTable multiplier{TABLE_MULTIPLIER, of_curve.empty() ? out_lanes : 2 * out_lanes, {}};
  for (const std::int32_t value : layer.bias) bias.words.push_back(word_of(value));
  for (std::size_t first = 0; first < own.size(); first += out_lanes) {
    for (const auto* values : {&own, &of_curve}) {
      if (values->empty()) continue;
      multiplier.words.insert(multiplier.words.end(), values->begin() + std::ptrdiff_t(first),
                              values->begin() + std::ptrdiff_t(first + out_lanes));
    }
  }
  tables.push_back(std::move(bias));
  tables.push_back(std::move(multiplier));
  append_curve(tables, layer.curve);
}

void append_settings(const ParameterSource& source, std::vector<std::uint32_t> words,
                     std::vector<ParameterTable>& tables) {
  tables.push_back({TABLE_SETTINGS, words.size(), std::move(words)});
  append_curve(tables, source.layer().curve);
}

void append_single_factor(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  append_settings(source, {source.layer().multiplier[0]}, tables);
}

}  // namespace sluice
