// SPDX-License-Identifier: Apache-2.0
// Every weight, bias, multiplier, setting and threshold stands at the address that the head of its kernel file states.
#include "runtime/bundle/parameter_words.hpp"
#include "runtime/bundle/netlist_index.hpp"

#include <algorithm>
#include <cstdlib>

#include <gmock/gmock.h>

#include "tests/support/printing.hpp"
#include "tests/unit/runtime/bundle/designs.hpp"
#include "tests/unit/runtime/bundle/parameter_memories.hpp"

namespace sluice::test {
namespace {

int weight(const Layer& layer, int filter, int ky, int kx, int channel) {
  const Window& w = layer.window;
  return layer.weights[((std::size_t(filter) * w.kernel_h + ky) * w.kernel_w + kx) * layer.input.channels + channel];
}

// Calls fn(step, ky, kx, channel group) in the order of window.cl's head: channel group, kernel row, kernel column.
template <typename Fn>
void for_each_step(const Layer& layer, int lanes, Fn fn) {
  int step = 0;
  for (int group = 0; group < layer.input.channels / lanes; ++group) {
    for (int ky = 0; ky < layer.window.kernel_h; ++ky) {
      for (int kx = 0; kx < layer.window.kernel_w; ++kx) fn(step++, ky, kx, group);
    }
  }
}

// What the weight-sparse engine reads, followed by its head: a filter's entries up to the prefix length of a row are
// the live weights of that row, each once and at its place in the window. Returns the cycles of a tile under each row.
std::vector<std::int64_t> check_lists(const Layer& layer, const Netlist& netlist, const Kernel& kernel,
                                      const std::vector<std::int64_t>& thresholds, Memories& memories) {
  const Kernel& tile = netlist.kernels[NetlistIndex(netlist).writer(kernel.inputs[0])];
  const int lanes = netlist.streams[tile.inputs[0]].lanes, out = netlist.streams[kernel.outputs[0]].lanes;
  const int groups = layer.output.channels / out, window = kernel.numbers.at(Number::window);
  std::vector<std::int64_t> cycles(16, 0);
  for (int group = 0; group < groups; ++group) {
    std::vector<int> turns(16), lengths(16 * std::size_t(out));
    for (int row = 0; row < 16; ++row) {
      turns[row] = static_cast<int>(memories.take(kernel, 0, 16 + row, group));
      cycles[row] += turns[row];
      for (int o = 0; o < out; ++o)
        lengths[row * out + o] = static_cast<int>(memories.take(kernel, 0, 32 + row * groups + group, o));
      EXPECT_EQ(turns[row],
                std::max(1, *std::max_element(lengths.begin() + row * out, lengths.begin() + (row + 1) * out)));
    }
    std::vector<std::vector<std::uint32_t>> entries(out);  // of a filter
    for (int entry = 0; entry < turns[0]; ++entry) {       // row 0 is the densest
      for (int o = 0; o < out; ++o) entries[o].push_back(memories.take(kernel, 1, group * window + entry, o));
    }
    for (int o = 0; o < out; ++o) {
      for (int row = 0; row < 16; ++row) {
        std::map<int, int> wanted, found;  // code by place
        for_each_step(layer, lanes, [&](int step, int ky, int kx, int channels) {
          for (int lane = 0; lane < lanes; ++lane) {
            const int code = weight(layer, group * out + o, ky, kx, channels * lanes + lane);
            if (code != 0 && std::abs(code) >= thresholds[row]) wanted[step * lanes + lane] = code;
          }
        });
        for (int i = 0; i < lengths[row * out + o]; ++i)
          found[static_cast<int>(entries[o][i] >> 16)] = static_cast<std::int16_t>(entries[o][i] & 0xffff);
        EXPECT_EQ(found, wanted) << "filter " << group * out + o << " row " << row;
        EXPECT_EQ(lengths[row * out + o], std::ssize(wanted));
      }
    }
  }
  return cycles;
}

// What makes codes of sums, in the kernel that does.
void check_biases(const Layer& layer, const Netlist& netlist, const Kernel& kernel, Memories& memories) {
  const int out = netlist.streams[kernel.outputs[0]].lanes;
  for (int filter = 0; filter < layer.output.channels; ++filter) {
    EXPECT_EQ(static_cast<std::int32_t>(memories.take(kernel, 2, filter / out, filter % out)), layer.bias[filter]);
    EXPECT_EQ(memories.take(kernel, 3, filter / out, filter % out), layer.multiplier[filter]);
    if (layer.curve.kind == CurveKind::none) continue;
    EXPECT_EQ(memories.take(kernel, 3, filter / out, out + filter % out), layer.curve.multiplier[filter]);
  }
}

// The rows of one pass, with `group` its first group of O filters: a multiplier's filters, each once, by falling
// magnitude.
void check_ranked_weights(const Layer& layer, const Netlist& netlist, const Kernel& kernel, int group,
                          Memories& memories) {
  const int ranks = kernel.numbers.at(Number::ranks), out = netlist.streams[kernel.outputs[0]].lanes;
  if (group % ranks != 0) return;
  const int lanes = netlist.streams[kernel.inputs[0]].lanes;
  const int bits = ranks == 8 ? 3 : ranks / 2, ids_per_word = 32 / bits,
            weight_words = (out * kernel.numbers.at(Number::weight_bits) + 31) / 32;
  for_each_step(layer, lanes, [&](int step, int ky, int kx, int channels) {
    for (int lane = 0; lane < lanes; ++lane) {
      const int place = (group / ranks * kernel.numbers.at(Number::steps) + step) * lanes + lane;
      std::vector<std::pair<int, int>> before(out, {1 << 16, -1});  // magnitude and id of the rank above
      std::vector<int> seen(out, 0);
      for (int rank = 0; rank < ranks; ++rank) {
        const auto codes =
            memories.take_codes(kernel, place * ranks + rank, out, (out + ids_per_word - 1) / ids_per_word);
        std::uint32_t word = 0;
        for (int o = 0; o < out; ++o) {
          if (o % ids_per_word == 0)
            word = memories.take(kernel, 1, place * ranks + rank, weight_words + o / ids_per_word);
          const int id = static_cast<int>(word >> (o % ids_per_word * bits)) & (ranks - 1);
          EXPECT_EQ(codes[o], weight(layer, (group + id) * out + o, ky, kx, channels * lanes + lane));
          const int magnitude = std::abs(codes[o]);
          EXPECT_TRUE(magnitude < before[o].first || (magnitude == before[o].first && id > before[o].second))
              << "rank " << rank;
          before[o] = {magnitude, id};
          seen[o] |= 1 << id;
        }
      }
      for (int o = 0; o < out; ++o) EXPECT_EQ(seen[o], (1 << ranks) - 1) << "a filter is missing";
    }
  });
}

void check_weights(const Layer& layer, const Netlist& netlist, const Kernel& kernel, Memories& memories) {
  const int out = netlist.streams[kernel.outputs[0]].lanes, groups = layer.output.channels / out;
  const int in = netlist.streams[kernel.inputs[0]].lanes;
  const int taps = layer.window.kernel_h * layer.window.kernel_w;
  const bool is_by_taps = kernel.kind == KernelKind::conv_pair_sparse && taps > 1;
  for (int group = 0; group < groups; ++group) {
    const auto filter = [&](int o) { return group * out + o; };
    if (kernel.kind == KernelKind::depthwise_dense) {
      for (int tap = 0; tap < taps; ++tap) {
        const auto codes = memories.take_codes(kernel, group * taps + tap, out);
        for (int o = 0; o < out; ++o)
          EXPECT_EQ(codes[o], layer.weights[std::size_t(tap) * layer.output.channels + filter(o)]);
      }
    } else if (kernel.kind == KernelKind::conv_activation_sparse) {
      // Places count beats of the window, then lanes.
      const int lanes = in;
      for_each_step(layer, lanes, [&](int step, int ky, int kx, int channels) {
        for (int lane = 0; lane < lanes; ++lane) {
          const int place = step * lanes + lane;
          const auto codes = memories.take_codes(kernel, group * taps * layer.input.channels + place, out);
          for (int o = 0; o < out; ++o) EXPECT_EQ(codes[o], weight(layer, filter(o), ky, kx, channels * lanes + lane));
        }
      });
    } else if (kernel.kind == KernelKind::conv_grouped_prefix) {
      check_ranked_weights(layer, netlist, kernel, group, memories);
    } else if (is_by_taps) {
      for (int channel = 0; channel < layer.input.channels; ++channel) {
        const auto codes = memories.take_codes(kernel, group * layer.input.channels + channel, taps * out);
        for (int tap = 0; tap < taps; ++tap) {
          for (int o = 0; o < out; ++o) {
            EXPECT_EQ(codes[tap * out + o],
                      weight(layer, filter(o), tap / layer.window.kernel_w, tap % layer.window.kernel_w, channel));
          }
        }
      }
    } else {  // conv_dense, conv_pair_sparse on 1x1 windows
      const int steps = taps * layer.input.channels / in;
      for_each_step(layer, in, [&](int step, int ky, int kx, int channels) {
        const auto codes = memories.take_codes(kernel, group * steps + step, in * out);
        for (int m = 0; m < in; ++m) {
          for (int o = 0; o < out; ++o)
            EXPECT_EQ(codes[m * out + o], weight(layer, filter(o), ky, kx, channels * in + m));
        }
      });
    }
  }
}

void check_settings(const std::vector<std::int64_t>& wanted, const Kernel& kernel, int row, Memories& memories) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(static_cast<std::int32_t>(memories.take(kernel, 0, row, static_cast<int>(i))), wanted[i])
        << kernel.name << " setting " << i << " of row " << row;
  }
}

// Row 8 of the settings, as the head of lib/curve.h states it.
void check_curve(const Layer& layer, const Kernel& kernel, Memories& memories) {
  const FusedCurve& curve = layer.curve;
  const int number = kernel.numbers.at(Number::curve);
  if (curve.kind == CurveKind::none) {
    EXPECT_EQ(number, 0);
    return;
  }
  EXPECT_EQ(number, 1);
  check_settings({curve.segment_bits, curve.multiplier[0], curve.shift, curve.clamp_low, curve.clamp_high}, kernel, 8,
                 memories);
  for (int s = 0; s < 512; ++s) {
    const std::uint32_t word = memories.take(kernel, 0, 8, 5 + s);
    EXPECT_EQ(static_cast<std::int16_t>(word), curve.base[std::size_t(s)]) << kernel.name << " segment " << s;
    EXPECT_EQ(static_cast<std::int16_t>(word >> 16), curve.slope[std::size_t(s)]) << kernel.name << " segment " << s;
  }
}

// Random thresholds in rows 1 to 4, where the layer's engine has some.
DesignTable table_of(const Design& design, Random& random) {
  DesignTable table = dense_table(design.network, design.netlist, "hash");
  for (int id = 1; id <= 4; ++id) {
    TableRow row = table.rows[0];
    row.id = id;
    for (TableLayer& layer : row.layers) {
      std::uniform_int_distribution<int> code(0, 127);
      if (obeys_activation_threshold(layer.engine)) layer.thresholds.activation = code(random);
      if (obeys_prefix(layer.engine)) layer.k = id == 4 ? 0 : 1;
      if (obeys_weight_threshold(layer.engine)) layer.thresholds.weight = code(random);
    }
    table.rows.push_back(row);
  }
  return table;
}

template <typename Which>
std::vector<std::int64_t> column(const Design& design, const DesignTable& table, int layer, Which which) {
  std::vector<std::int64_t> values(16, 0);
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    values[row] = std::invoke(which, table.thresholds(design.network, design.netlist, row)[layer]);
  return values;
}

void check_kernel(const Design& design, const DesignTable& table, const Kernel& kernel, Memories& memories) {
  const Layer& layer = design.network.layers[kernel.layer];
  SCOPED_TRACE(kernel.name);
  const auto activation = column(design, table, kernel.layer, &Thresholds::activation);
  if (kernel.kind == KernelKind::add) {
    // Port A reads the operand whose layer wrote the stream; IS_SWAPPED says which of the two that is.
    const bool is_swapped = kernel.numbers.at(Number::is_swapped) != 0;
    check_settings({layer.multiplier[is_swapped], layer.multiplier[!is_swapped]}, kernel, 0, memories);
  } else if (kernel.kind == KernelKind::average_pool || kernel.kind == KernelKind::global_average_pool ||
             kernel.kind == KernelKind::scale) {
    check_settings({layer.multiplier[0]}, kernel, 0, memories);
  } else if (kernel.kind == KernelKind::requantise) {
    check_biases(layer, design.netlist, kernel, memories);
  } else if (kernel.kind == KernelKind::tile) {
    return;  // with the engine after it
  } else if (kernel.numbers.count(Number::weight_bits) != 0) {
    if (kernel.numbers.count(Number::sends_sums) == 0 || kernel.numbers.at(Number::sends_sums) == 0)
      check_biases(layer, design.netlist, kernel, memories);
    const auto of_weights = column(design, table, kernel.layer, &Thresholds::weight);
    if (kernel.kind == KernelKind::conv_weight_sparse) {
      const auto cycles = check_lists(layer, design.netlist, kernel, of_weights, memories);
      check_settings(cycles, design.netlist.kernels[NetlistIndex(design.netlist).writer(kernel.inputs[0])], 0,
                     memories);
    } else {
      check_weights(layer, design.netlist, kernel, memories);
    }
    const bool has_ranks = kernel.kind == KernelKind::conv_grouped_prefix;
    if (has_ranks || kernel.kind == KernelKind::conv_activation_sparse) check_settings(activation, kernel, 0, memories);
    const auto k = column(design, table, kernel.layer, [](const Thresholds& t) { return t.prefix.k; });
    if (has_ranks) check_settings(k, kernel, 1, memories);
    if (kernel.kind == KernelKind::conv_pair_sparse) {
      check_settings(activation, kernel, 1, memories);
      check_settings(of_weights, kernel, 2, memories);
    }
  }
  const bool leaves_codes_to_others =
      kernel.numbers.count(Number::sends_sums) != 0 && kernel.numbers.at(Number::sends_sums) == 1;
  if (kernel.numbers.count(Number::curve) != 0 && !leaves_codes_to_others) check_curve(layer, kernel, memories);
}

// The engine for every convolution; every second network shares requantisers: half as many as filters, or one.
LayerConfigs configs_of(const IntegerNetwork& network, KernelKind engine, int seed) {
  LayerConfigs configs(network.layers.size(), {engine});
  for (std::size_t i = 0; i < configs.size() && seed % 2 == 0; ++i) {
    if (network.layers[i].kind != LayerKind::conv) continue;
    const int filters = with_defaults(network.layers[i], configs[i]).filters;
    configs[i].lanes = filters % 2 == 0 && i % 2 == 0 ? filters / 2 : 1;
  }
  return configs;
}

class ParameterBatches : public ::testing::TestWithParam<std::tuple<int, KernelKind>> {};

TEST_P(ParameterBatches, put_every_number_where_its_kernel_looks_for_it) {
  const auto& [seed, engine] = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  Design design;
  design.network = seasoned_network(random, 1 + seed % 4, seed % 3 == 0 ? 16 : 8);
  design.netlist = build_netlist(design.network, configs_of(design.network, engine, seed)).value();
  const DesignTable table = table_of(design, random);
  for (const std::size_t words_per_batch : {1, 7, 64, 1 << 20}) {
    const auto batches = parameter_batches(design.network, design.netlist, table, words_per_batch);
    Memories memories(design.netlist, batches);
    for (const Kernel& kernel : design.netlist.kernels) {
      if (kernel.layer >= 0) check_kernel(design, table, kernel, memories);
    }
    EXPECT_EQ(memories.left(), 0u) << "words that no kernel asks for";
  }
}

TEST_P(ParameterBatches, are_not_longer_than_asked_for_unless_a_row_is) {
  Random random(std::get<0>(GetParam()));
  const IntegerNetwork network = seasoned_network(random, 3);
  const Netlist netlist =
      build_netlist(network, LayerConfigs(network.layers.size(), {std::get<1>(GetParam())})).value();
  for (const ParameterBatch& batch : parameter_batches(network, netlist, dense_table(network, netlist, ""), 1000)) {
    EXPECT_LE(batch.words.size(), 1000u);
    EXPECT_GE(batch.words.size(), 1u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    seeds, ParameterBatches,
    ::testing::Combine(::testing::Range(1, 9),
                       ::testing::Values(KernelKind::conv_dense, KernelKind::conv_activation_sparse,
                                         KernelKind::conv_pair_sparse, KernelKind::conv_weight_sparse,
                                         KernelKind::conv_grouped_prefix)));

// Which layer's map arrives on a stream, followed backwards through forks and width kernels.
int producer(const Netlist& netlist, int stream) {
  const Kernel& kernel = netlist.kernels[NetlistIndex(netlist).writer(stream)];
  return kernel.kind == KernelKind::fork || kernel.kind == KernelKind::width ? producer(netlist, kernel.inputs[0])
                                                                             : kernel.layer;
}

TEST(ParameterBatches, multiplier_a_of_an_addition_belongs_to_the_map_on_port_a) {
  int swapped = 0, straight = 0;
  for (int seed = 1; seed <= 80; ++seed) {
    Random random(seed);
    const Design design = seasoned_design(random, 4);
    for (const Kernel& kernel : design.netlist.kernels) {
      if (kernel.kind != KernelKind::add) continue;
      const bool is_swapped = kernel.numbers.at(Number::is_swapped) != 0;
      const auto& operands = design.network.layers[kernel.layer].inputs;
      EXPECT_EQ(producer(design.netlist, kernel.inputs[0]), operands[is_swapped ? 1 : 0]) << "seed " << seed;
      EXPECT_EQ(producer(design.netlist, kernel.inputs[1]), operands[is_swapped ? 0 : 1]) << "seed " << seed;
      ++(is_swapped ? swapped : straight);
    }
  }
  EXPECT_GT(swapped, 10);
  EXPECT_GT(straight, 10);
}

}  // namespace
}  // namespace sluice::test
