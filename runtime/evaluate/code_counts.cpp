// SPDX-License-Identifier: Apache-2.0
// Sums over input pixels, and windows of zeros.
#include "runtime/evaluate/code_counts.hpp"

namespace sluice {
namespace {

std::vector<std::uint32_t> uses(int size, int out, int stride, int pad, int kernel) {
  std::vector<std::uint32_t> uses(std::size_t(size), 0);
  for (int at = 0; at < out; ++at) {
    const KernelRange range(at, stride, pad, kernel, size);
    for (int k = range.first; k < range.end; ++k) ++uses[std::size_t(at * stride - pad + k)];
  }
  return uses;
}

struct PixelSums {
  std::uint32_t codes = 0, beats = 0;  // live ones
};

// Of one pixel. In a word, the bits of each beat are joined in its first one (`beat_starts`). Inlined, so that it takes
// the instructions of each clone that calls it.
[[gnu::always_inline]] inline PixelSums sum_pixel(const std::uint64_t* pixel, int words, int lanes,
                                                  std::uint64_t beat_starts) {
  std::uint64_t codes = 0, beats = 0;
  for (int w = 0; w < words; ++w) {
    std::uint64_t joined = pixel[w];
    for (int step = 1; step < lanes; step *= 2) joined |= joined >> step;
    codes += static_cast<std::uint64_t>(std::popcount(pixel[w]));
    beats += static_cast<std::uint64_t>(std::popcount(joined & beat_starts));
  }
  return {static_cast<std::uint32_t>(codes), static_cast<std::uint32_t>(beats)};
}

SLUICE_POPCOUNT_CLONES
void sum_pixels(const LiveBits& input, int lanes, std::uint64_t beat_starts, PixelSums* sums) {
  for (int p = 0; p < input.height * input.width; ++p)
    sums[p] = sum_pixel(input.bits + std::size_t(p) * input.words, input.words, lanes, beat_starts);
}

// Of all pixels together, where each is a window of its own.
struct MapSums {
  std::uint32_t codes = 0, beats = 0, dead_pixels = 0;
};

SLUICE_POPCOUNT_CLONES
MapSums sum_map(const LiveBits& input, int lanes, std::uint64_t beat_starts) {
  MapSums all;
  for (int p = 0; p < input.height * input.width; ++p) {
    const PixelSums pixel = sum_pixel(input.bits + std::size_t(p) * input.words, input.words, lanes, beat_starts);
    all.codes += pixel.codes;
    all.beats += pixel.beats;
    all.dead_pixels += pixel.codes == 0;
  }
  return all;
}

// The same for beats that cross words.
void sum_pixels_by_beats(const LiveBits& input, int channels, int lanes, PixelSums* sums) {
  for (int p = 0; p < input.height * input.width; ++p) {
    sums[p] = {};
    for (int first = 0; first < channels; first += lanes) {
      const int live = LiveBits::live(input.bits + std::size_t(p) * input.words, first, lanes);
      sums[p].codes += static_cast<std::uint32_t>(live);
      sums[p].beats += live > 0;
    }
  }
}

}  // namespace

CodeCounts::CodeCounts(const Layer& layer, const CodeEngine& engine)
    : layer_(&layer),
      engine_(engine),
      row_uses_(uses(layer.input.height, layer.output.height, layer.window.stride_h, layer.window.pad_top,
                     layer.window.kernel_h)),
      column_uses_(uses(layer.input.width, layer.output.width, layer.window.stride_w, layer.window.pad_left,
                        layer.window.kernel_w)) {
  if (64 % engine.lanes == 0) {
    for (int bit = 0; bit < 64; bit += engine.lanes) beat_starts_ |= std::uint64_t{1} << bit;
  }
}

std::uint32_t CodeCounts::zero_windows(const std::vector<std::uint8_t>& is_live_pixel) const {
  const MapShape &in = layer_->input, &out = layer_->output;
  const Window& w = layer_->window;
  static thread_local std::vector<std::uint8_t> rows;  // [input row][output column]: a live pixel in the window's row
  rows.assign(std::size_t(in.height) * out.width, 0);
  for (int y = 0; y < in.height; ++y) {
    const std::uint8_t* from = is_live_pixel.data() + std::size_t(y) * in.width;
    std::uint8_t* to = rows.data() + std::size_t(y) * out.width;
    for (int ox = 0; ox < out.width; ++ox) {
      const KernelRange range(ox, w.stride_w, w.pad_left, w.kernel_w, in.width);
      for (int k = range.first; k < range.end; ++k) to[ox] |= from[ox * w.stride_w - w.pad_left + k];
    }
  }
  std::uint32_t zeros = 0;
  for (int oy = 0; oy < out.height; ++oy) {
    const KernelRange range(oy, w.stride_h, w.pad_top, w.kernel_h, in.height);
    for (int ox = 0; ox < out.width; ++ox) {
      std::uint8_t is_live_window = 0;
      for (int k = range.first; k < range.end; ++k)
        is_live_window |= rows[std::size_t(oy * w.stride_h - w.pad_top + k) * out.width + ox];
      zeros += is_live_window == 0;
    }
  }
  return zeros;
}

void CodeCounts::beats_of_windows(const LiveBits& input, std::vector<std::uint16_t>& live) const {
  const MapShape &in = layer_->input, &out = layer_->output;
  const Window& w = layer_->window;
  const int beats = in.channels / engine_.lanes;
  const auto taps = static_cast<std::size_t>(w.taps());
  static thread_local std::vector<std::uint16_t> of_pixels;  // [input pixel][beat]
  of_pixels.clear();
  for (int p = 0; p < in.height * in.width; ++p) {
    for (int beat = 0; beat < beats; ++beat)
      of_pixels.push_back(static_cast<std::uint16_t>(
          LiveBits::live(input.bits + std::size_t(p) * input.words, beat * engine_.lanes, engine_.lanes)));
  }
  live.assign(std::size_t(out.height) * out.width * taps * std::size_t(beats), 0);
  std::uint16_t* window = live.data();  // [beat][tap]
  for (int oy = 0; oy < out.height; ++oy) {
    const KernelRange rows(oy, w.stride_h, w.pad_top, w.kernel_h, in.height);
    for (int ox = 0; ox < out.width; ++ox, window += taps * std::size_t(beats)) {
      const KernelRange columns(ox, w.stride_w, w.pad_left, w.kernel_w, in.width);
      for (int ky = rows.first; ky < rows.end; ++ky) {
        for (int kx = columns.first; kx < columns.end; ++kx) {
          const int y = oy * w.stride_h - w.pad_top + ky, x = ox * w.stride_w - w.pad_left + kx;
          const std::uint16_t* from = of_pixels.data() + (std::size_t(y) * in.width + x) * std::size_t(beats);
          std::uint16_t* to = window + ky * w.kernel_w + kx;
          for (int beat = 0; beat < beats; ++beat) to[std::size_t(beat) * taps] = from[beat];
        }
      }
    }
  }
}

CodeCounts::WindowSums CodeCounts::sum_windows(const LiveBits& input) const {
  const MapShape& in = layer_->input;
  const Window& w = layer_->window;
  const bool is_window_a_pixel = w.taps() == 1 && w.stride_h == 1 && w.stride_w == 1 &&
                                 in.height == layer_->output.height && in.width == layer_->output.width;
  if (is_window_a_pixel && beat_starts_ != 0) {
    const MapSums sums = sum_map(input, engine_.lanes, beat_starts_);
    return {sums.codes, sums.beats, sums.dead_pixels};
  }
  static thread_local std::vector<PixelSums> sums;
  static thread_local std::vector<std::uint8_t> is_live_pixel;
  sums.resize(std::size_t(in.height) * in.width);
  is_live_pixel.resize(sums.size());
  if (beat_starts_ != 0)
    sum_pixels(input, engine_.lanes, beat_starts_, sums.data());
  else
    sum_pixels_by_beats(input, in.channels, engine_.lanes, sums.data());
  WindowSums all;
  std::size_t p = 0;
  for (const std::uint32_t rows : row_uses_) {
    for (const std::uint32_t columns : column_uses_) {
      all.codes += sums[p].codes * rows * columns;
      all.beats += sums[p].beats * rows * columns;
      is_live_pixel[p] = sums[p].codes > 0;
      ++p;
    }
  }
  all.dead_windows = zero_windows(is_live_pixel);
  return all;
}

void CodeCounts::count(const LiveBits& input, LayerCounters& counters, std::vector<std::uint16_t>* live) const {
  const WindowSums sums = sum_windows(input);
  const auto windows = static_cast<std::uint32_t>(layer_->output.height * layer_->output.width);
  const auto window_beats =
      static_cast<std::uint32_t>(layer_->window.taps() * (layer_->input.channels / engine_.lanes));
  counters.vectors += windows * engine_.passes;
  counters.nonzero_pairs += sums.codes * engine_.code_pairs * engine_.passes;
  counters.busy_cycles +=
      (sums.codes * engine_.code_cycles + windows * window_beats - sums.beats + windows * engine_.end_cycles) *
      engine_.passes;
  counters.zero_vectors += sums.dead_windows * engine_.passes;
  if (live != nullptr) beats_of_windows(input, *live);
}

}  // namespace sluice
