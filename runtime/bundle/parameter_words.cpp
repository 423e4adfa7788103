// SPDX-License-Identifier: Apache-2.0
// One packing function per kernel file with parameters; each follows the head of that file.
#include "runtime/bundle/parameter_words.hpp"

#include <algorithm>

#include "runtime/bundle/weight_lists.hpp"

namespace sluice {
namespace {

constexpr std::uint32_t kSettings = 0;
constexpr std::uint32_t kWeights = 1;
constexpr std::uint32_t kBias = 2;
constexpr std::uint32_t kMultiplier = 3;
constexpr std::uint32_t kCurveRow = 8;
constexpr std::uint32_t kTurnsRow = 16;    // of conv_weight_sparse.cl
constexpr std::uint32_t kLengthsRow = 32;

// One table of one kernel, or some rows of it: rows of equal length.
struct Table {
  std::uint32_t number;
  std::size_t row_words;
  std::vector<std::uint32_t> words;
  std::uint32_t first_row = 0;
};

std::uint32_t word_of(int value) { return static_cast<std::uint32_t>(value); }

// Appends codes as little-endian 32-bit words, the last one filled with zeros.
void append_codes(std::vector<std::uint32_t>& words, const std::vector<std::int16_t>& codes, int bits) {
  const std::size_t per_word = 32 / bits;
  const std::uint32_t mask = bits == 8 ? 0xffu : 0xffffu;
  for (std::size_t i = 0; i < codes.size(); i += per_word) {
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < per_word && i + j < codes.size(); ++j) {
      word |= (static_cast<std::uint32_t>(codes[i + j]) & mask) << (bits * j);
    }
    words.push_back(word);
  }
}

// Appends a row of codes, the last word filled with zeros.
void append_row(Table& table, const std::vector<std::int16_t>& row, int bits) {
  const std::size_t before = table.words.size();
  append_codes(table.words, row, bits);
  table.row_words = table.words.size() - before;
}

struct Place {
  int ky, kx, channel;
};

// The codes of a window in the order of its beats (head of window.cl): channel group, kernel row, kernel column; in a beat
// taps, then channels.
std::vector<Place> window_places(const Layer& layer, const WindowBeat& beat) {
  std::vector<Place> places;
  const Window& w = layer.window;
  for (int group = 0; group < layer.input.channels; group += beat.lanes) {
    for (int y = 0; y < w.kernel_h; y += beat.taps_h) {
      for (int x = 0; x < w.kernel_w; x += beat.taps_w) {
        for (int tap = 0; tap < beat.taps(); ++tap) {
          for (int lane = 0; lane < beat.lanes; ++lane) places.push_back({y + tap / beat.taps_w, x + tap % beat.taps_w, group + lane});
        }
      }
    }
  }
  return places;
}

// Rows of a convolution: filter group, then `codes` places of the window; code [m * O + o]. A beat's codes for the dense
// engine, one place for the activation-sparse one.
Table conv_weights(const Layer& layer, const WindowBeat& beat, int codes, int out_lanes, int bits) {
  Table table{kWeights, 0, {}};
  const Window& w = layer.window;
  const std::vector<Place> places = window_places(layer, beat);
  for (int filter = 0; filter < layer.output.channels; filter += out_lanes) {
    for (std::size_t first = 0; first < places.size(); first += std::size_t(codes)) {
      std::vector<std::int16_t> row;
      for (int m = 0; m < codes; ++m) {
        const Place& at = places[first + std::size_t(m)];
        for (int o = 0; o < out_lanes; ++o) {
          row.push_back(layer.weights[((std::size_t(filter + o) * w.kernel_h + at.ky) * w.kernel_w + at.kx) * layer.input.channels + at.channel]);
        }
      }
      append_row(table, row, bits);
    }
  }
  return table;
}

// Rows of the grouped-prefix engine: pass, place in the window as above, rank; one code per multiplier, then the ids of the
// filters whose codes these are.
Table ranked_weights(const Layer& layer, int in_lanes, const Prefix& prefix, int bits) {
  Table table{kWeights, 0, {}};
  const Window& w = layer.window;
  const int channels = layer.input.channels, multipliers = prefix.multipliers, of_pass = prefix.filters * multipliers;
  const int taps = w.kernel_h * w.kernel_w, id_bits = prefix_id_bits(prefix.filters), ids_per_word = 32 / id_bits;
  for (int first = 0; first < layer.output.channels; first += of_pass) {
    for (int group = 0; group < channels; group += in_lanes) {
      for (int at = 0; at < taps * in_lanes; ++at) {
        const std::size_t place = std::size_t(at / in_lanes) * channels + group + at % in_lanes;
        std::vector<std::vector<std::int16_t>> codes(prefix.filters, std::vector<std::int16_t>(multipliers));
        std::vector<std::vector<std::uint32_t>> ids(prefix.filters, std::vector<std::uint32_t>(prefix_id_words(prefix.filters, multipliers)));
        for (int f = 0; f < of_pass; ++f) {
          const int rank = prefix_rank(layer, prefix, first + f, place), o = f % multipliers, id = f / multipliers;
          codes[rank][o] = layer.weights[std::size_t(first + f) * taps * channels + place];
          ids[rank][o / ids_per_word] |= static_cast<std::uint32_t>(id) << (o % ids_per_word * id_bits);
        }
        for (int rank = 0; rank < prefix.filters; ++rank) {
          const std::size_t before = table.words.size();
          append_codes(table.words, codes[rank], bits);
          table.words.insert(table.words.end(), ids[rank].begin(), ids[rank].end());
          table.row_words = table.words.size() - before;
        }
      }
    }
  }
  return table;
}

// Rows of the pair-sparse engine behind taps.cl: filter group, then channel; code [tap * O + o].
Table tap_weights(const Layer& layer, int out_lanes, int bits) {
  Table table{kWeights, 0, {}};
  const int taps = layer.window.kernel_h * layer.window.kernel_w, channels = layer.input.channels;
  for (int filter = 0; filter < layer.output.channels; filter += out_lanes) {
    for (int channel = 0; channel < channels; ++channel) {
      std::vector<std::int16_t> row;
      for (int tap = 0; tap < taps; ++tap) {
        for (int o = 0; o < out_lanes; ++o) row.push_back(layer.weights[(std::size_t(filter + o) * taps + tap) * channels + channel]);
      }
      append_row(table, row, bits);
    }
  }
  return table;
}

// Rows of a depthwise convolution: a beat of the window; one code per code of the beat.
Table depthwise_weights(const Layer& layer, const WindowBeat& beat, int bits) {
  Table table{kWeights, 0, {}};
  const std::vector<Place> places = window_places(layer, beat);
  const std::size_t codes = std::size_t(beat.lanes) * beat.taps();
  for (std::size_t first = 0; first < places.size(); first += codes) {
    std::vector<std::int16_t> row;
    for (std::size_t m = first; m < first + codes; ++m) {
      const Place& at = places[m];
      row.push_back(layer.weights[(std::size_t(at.ky) * layer.window.kernel_w + at.kx) * layer.output.channels + at.channel]);
    }
    append_row(table, row, bits);
  }
  return table;
}

// What `which` takes from a layer's thresholds, for each table row; rows that do not exist get 0.
template <typename Which>
std::vector<std::uint32_t> threshold_words(const IntegerNetwork& network, const Netlist& netlist, const DesignTable& rows, int layer, Which which) {
  std::vector<std::uint32_t> words(kTableRows, 0);
  for (std::size_t r = 0; r < rows.rows.size(); ++r) words[r] = word_of(which(rows.thresholds(network, netlist, r)[layer]));
  return words;
}

// Cycles of a tile of the weight-sparse engine under each row, all filter groups together, for the kernel that cuts tiles.
std::vector<std::uint32_t> tile_cycles(const WeightLists& lists, int filters, int groups, const std::vector<std::uint32_t>& thresholds) {
  std::vector<std::uint32_t> words;
  for (const std::uint32_t threshold : thresholds) {
    std::uint32_t cycles = 0;
    for (int g = 0; g < groups; ++g) cycles += word_of(lists.turns(g * (filters / groups), filters / groups, static_cast<int>(threshold)));
    words.push_back(cycles);
  }
  return words;
}

// The weight-sparse engine: per filter group as many rows of entries as its longest filter has, an entry a word; turns and
// prefix lengths of every table row.
void append_weight_lists(std::vector<Table>& tables, const WeightLists& lists, int groups, int out_lanes, std::uint32_t window,
                         const std::vector<std::uint32_t>& thresholds) {
  for (int g = 0; g < groups; ++g) {
    Table entries{kWeights, std::size_t(out_lanes), {}, static_cast<std::uint32_t>(g) * window};
    const int rows = lists.turns(g * out_lanes, out_lanes, 0);
    for (int entry = 0; entry < rows; ++entry) {
      for (int o = 0; o < out_lanes; ++o) {
        const std::vector<WeightEntry>& list = lists.filter(g * out_lanes + o);
        const WeightEntry e = entry < std::ssize(list) ? list[std::size_t(entry)] : WeightEntry{};
        entries.words.push_back(static_cast<std::uint32_t>(e.place) << 16 | static_cast<std::uint16_t>(e.code));
      }
    }
    tables.push_back(std::move(entries));
  }
  Table turns{kSettings, std::size_t(groups), {}, kTurnsRow}, lengths{kSettings, std::size_t(out_lanes), {}, kLengthsRow};
  for (const std::uint32_t word : thresholds) {
    const int threshold = static_cast<int>(word);
    for (int g = 0; g < groups; ++g) turns.words.push_back(word_of(lists.turns(g * out_lanes, out_lanes, threshold)));
    for (int f = 0; f < groups * out_lanes; ++f) lengths.words.push_back(word_of(lists.prefix(f, threshold)));
  }
  tables.push_back(std::move(turns));
  tables.push_back(std::move(lengths));
}

// How sums become codes (lib/filter_parameters.h): settings, then bias and multiplier in rows of the output's lanes.
void append_filters(std::vector<Table>& tables, const Layer& layer, int out_lanes) {
  tables.push_back({kSettings, 3, {word_of(layer.shift), word_of(layer.clamp_low), word_of(layer.clamp_high)}});
  Table bias{kBias, std::size_t(out_lanes), {}}, multiplier{kMultiplier, std::size_t(out_lanes), {}};
  for (const std::int32_t value : layer.bias) bias.words.push_back(word_of(value));
  for (const std::uint16_t value : layer.multiplier) multiplier.words.push_back(value);
  tables.push_back(std::move(bias));
  tables.push_back(std::move(multiplier));
}

// The row of the fused curve: four codes of its table to a word, or the numbers of its formula.
void append_curve(std::vector<Table>& tables, const FusedCurve& curve) {
  if (curve.kind == CurveKind::none) return;
  Table table{kSettings, 0, {}, kCurveRow};
  if (curve.table.empty()) {
    for (const int number : {curve.slope, curve.offset, curve.multiplier, curve.shift, curve.clamp_low, curve.clamp_high}) {
      table.words.push_back(word_of(number));
    }
  } else {
    append_codes(table.words, {curve.table.begin(), curve.table.end()}, 8);
  }
  table.row_words = table.words.size();
  tables.push_back(std::move(table));
}

std::vector<Table> tables_of(const IntegerNetwork& network, const Netlist& netlist, const DesignTable& rows, const Kernel& kernel) {
  const Layer& layer = network.layers[kernel.layer];
  const auto of_rows = [&](auto which) { return threshold_words(network, netlist, rows, kernel.layer, which); };
  const auto activation = [](const Thresholds& t) { return t.activation; };
  const auto weight = [](const Thresholds& t) { return t.weight; };
  std::vector<Table> tables;
  if (kernel.op == "compactor") {
    tables.push_back({kSettings, kTableRows, of_rows(activation)});
    if (kernel.numbers.at("RANKS") > 1) tables.push_back({kSettings, kTableRows, of_rows([](const Thresholds& t) { return t.prefix.k; }), 1});
  } else if (kernel.op == "tile") {
    const WeightLists lists(layer, netlist.streams[kernel.inputs[0]].lanes);
    tables.push_back({kSettings, kTableRows, tile_cycles(lists, layer.output.channels, kernel.numbers.at("FILTER_GROUPS"), of_rows(weight))});
  } else if (kernel.numbers.count("WEIGHT_BITS") != 0) {
    const int in_lanes = netlist.streams[kernel.inputs[0]].lanes;
    const int out_lanes = netlist.streams[kernel.outputs[0]].lanes;
    const int bits = kernel.numbers.at("WEIGHT_BITS");
    const WindowBeat beat = window_beat(netlist, kernel.inputs[0]);
    if (kernel.op == "conv_dense") tables.push_back(conv_weights(layer, beat, in_lanes, out_lanes, bits));
    if (kernel.op == "depthwise_dense") tables.push_back(depthwise_weights(layer, beat, bits));
    if (kernel.op == "conv_activation_sparse") tables.push_back(conv_weights(layer, beat, 1, out_lanes, bits));
    if (kernel.op == "conv_grouped_prefix") tables.push_back(ranked_weights(layer, beat.lanes, prefix_of(netlist, kernel.layer), bits));
    if (kernel.op == "conv_pair_sparse") {
      const bool is_by_taps = layer.window.kernel_h * layer.window.kernel_w > 1;
      tables.push_back(is_by_taps ? tap_weights(layer, out_lanes, bits) : conv_weights(layer, beat, in_lanes, out_lanes, bits));
      tables.push_back({kSettings, kTableRows, of_rows(activation), 1});
      tables.push_back({kSettings, kTableRows, of_rows(weight), 2});
    }
    if (kernel.op == "conv_weight_sparse") {
      append_weight_lists(tables, WeightLists(layer, in_lanes - 1), kernel.numbers.at("FILTER_GROUPS"), out_lanes,
                          static_cast<std::uint32_t>(kernel.numbers.at("WINDOW")), of_rows(weight));
    }
    if (!sends_sums(kernel)) append_filters(tables, layer, out_lanes);
  } else if (kernel.op == "requantise") {
    append_filters(tables, layer, netlist.streams[kernel.outputs[0]].lanes);
  } else if (kernel.op == "average_pool" || kernel.op == "global_average_pool" || kernel.op == "scale") {
    tables.push_back({kSettings, 4, {layer.multiplier[0], word_of(layer.shift), word_of(layer.clamp_low),
                                     word_of(layer.clamp_high)}});
  } else if (kernel.op == "add") {
    // Port A carries the branch that leads on, which may be the layer's second operand.
    const int a = kernel.numbers.at("IS_SWAPPED");
    tables.push_back({kSettings, 5, {layer.multiplier[a], layer.multiplier[1 - a], word_of(layer.shift),
                                     word_of(layer.clamp_low), word_of(layer.clamp_high)}});
  }
  if (kernel.numbers.count("CURVE") != 0 && !sends_sums(kernel)) append_curve(tables, layer.curve);
  return tables;
}

}  // namespace

std::vector<ParameterBatch> parameter_batches(const IntegerNetwork& network, const Netlist& netlist,
                                              const DesignTable& table_rows, std::size_t words_per_batch) {
  std::vector<ParameterBatch> batches;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.layer < 0) continue;
    for (const Table& table : tables_of(network, netlist, table_rows, kernel)) {
      const std::size_t rows = table.words.size() / table.row_words;
      const std::size_t rows_per_batch = std::max<std::size_t>(1, words_per_batch / table.row_words);
      for (std::size_t row = 0; row < rows; row += rows_per_batch) {
        const std::size_t end = std::min(rows, row + rows_per_batch);
        ParameterBatch batch;
        batch.address = static_cast<std::uint32_t>(kernel.id) << 24 | table.number << 22 | (table.first_row + static_cast<std::uint32_t>(row));
        batch.words.assign(table.words.begin() + std::ptrdiff_t(row * table.row_words),
                           table.words.begin() + std::ptrdiff_t(end * table.row_words));
        batches.push_back(std::move(batch));
      }
    }
  }
  return batches;
}

}  // namespace sluice
