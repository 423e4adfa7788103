// SPDX-License-Identifier: Apache-2.0
// The fast counters equal the reference's, on random networks, engines and thresholds, and for windows of many taps.
#include "runtime/evaluate/counters.hpp"
#include "runtime/bundle/netlist_index.hpp"

#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

void expect_equal(const IntegerNetwork& network, const LayerConfigs& configs, Random& random) {
  auto netlist = build_netlist(network, configs);
  ASSERT_TRUE(netlist) << netlist.error().text();
  const Design design{network, *netlist};
  for (int round = 0; round < 3; ++round) {
    std::vector<Thresholds> thresholds(round == 0 ? 0 : network.layers.size());
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      Prefix prefix = NetlistIndex(*netlist).prefix(static_cast<int>(i));
      if (prefix.filters > 0) prefix.k = 1 + static_cast<int>(random() % prefix.filters);
      thresholds[i] = {static_cast<int>(random() % 90), static_cast<int>(random() % 90), prefix};
    }
    const auto codes = random_codes(random, network);
    const auto plain = reference_counters(design, codes, run_reference(network, codes, thresholds), thresholds);
    const CounterModel model(design, thresholds);
    for (const evaluate::Kernels* kernels : evaluate::supported_kernels()) {
      const Evaluator evaluator(network, thresholds, *kernels);
      const PictureMaps maps = evaluator.evaluate(codes);
      const auto fast = model.count(evaluator, maps);
      // Counting vector by vector takes another way to the same numbers.
      const auto work = model.work(evaluator, maps);
      ASSERT_EQ(fast.size(), plain.size());
      ASSERT_EQ(work.size(), plain.size());
      for (std::size_t i = 0; i < plain.size(); ++i) {
        const std::string& layer = network.layers[std::size_t(plain[i].layer)].name;
        ASSERT_EQ(work[i].counters, plain[i]) << kernels->name << ", " << layer;
        ASSERT_EQ(fast[i], plain[i]) << kernels->name << ", " << layer << ": pairs " << fast[i].nonzero_pairs << " for "
                                     << plain[i].nonzero_pairs << ", busy " << fast[i].busy_cycles << " for "
                                     << plain[i].busy_cycles;
      }
    }
  }
}

class CounterSeeds : public ::testing::TestWithParam<int> {};

TEST_P(CounterSeeds, equal_the_reference) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 1 + GetParam() % 5, GetParam() % 4 == 0 ? 16 : 8);
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) configs.push_back({convolution_engines()[random() % 5]});
  expect_equal(network, configs, random);
  expect_equal(network, random_configs(random, network), random);
}

INSTANTIATE_TEST_SUITE_P(seeds, CounterSeeds, ::testing::Range(1, 31));

TEST(Counters, pair_kernels_equal_counting_bit_by_bit) {
  constexpr int kSeed = 11;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  Random random(kSeed);
  const auto word = [&] { return std::uint64_t{random()} << 32 ^ random(); };
  for (int round = 0; round < 60; ++round) {
    const int words = 1 + round % 3, filters = 1 + round % 17, pixels = 1 + round * 37 % evaluate::kPairPixels;
    std::vector<std::uint64_t> masks(std::size_t(words) * evaluate::kPairPixels, 0), weights;
    for (int w = 0; w < words; ++w) {
      for (int p = 0; p < pixels; ++p) masks[std::size_t(w) * evaluate::kPairPixels + p] = word() & word();
    }
    for (int i = 0; i < words * filters; ++i) weights.push_back(round % 5 == 0 ? 0 : word());
    for (const evaluate::PairKernel& kernel : evaluate::supported_pair_kernels()) {
      std::vector<std::uint16_t> most(evaluate::kPairPixels);
      const std::uint64_t pairs = kernel.issues(masks.data(), words, pixels, weights.data(), filters, most.data());
      std::uint64_t expected_pairs = 0;
      for (int p = 0; p < pixels; ++p) {
        int expected_most = 0;
        for (int f = 0; f < filters; ++f) {
          int live = 0;
          for (int bit = 0; bit < 64 * words; ++bit)
            live += masks[std::size_t(bit / 64) * evaluate::kPairPixels + p] >> (bit % 64) &
                    weights[std::size_t(f) * words + bit / 64] >> (bit % 64) & 1;
          expected_pairs += static_cast<std::uint64_t>(live);
          expected_most = std::max(expected_most, live);
        }
        ASSERT_EQ(most[std::size_t(p)], expected_most) << kernel.name << ", round " << round << ", pixel " << p;
      }
      ASSERT_EQ(pairs, expected_pairs) << kernel.name << ", round " << round;
    }
  }
}

TEST(Counters, of_more_taps_than_a_word_has_bits) {
  Random random(7);
  NetworkMaker make(random, {12, 13, 2});
  make.conv(6, {11, 9, 1, 1, 5, 4, 5, 4}, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  expect_equal(network, {{KernelKind::conv_pair_sparse}, {}, {}}, random);
}

// 24 lanes: the third beat of a pixel lies in two words.
TEST(Counters, of_beats_that_cross_words) {
  for (const KernelKind engine :
       {KernelKind::conv_activation_sparse, KernelKind::conv_grouped_prefix, KernelKind::conv_pair_sparse}) {
    Random random(12);
    NetworkMaker make(random, {7, 6, 5});
    make.conv(144, kSame3x3, kNetworkInput);
    make.conv(24, {1, 1, 1, 1, 0, 0, 0, 0}, 0);
    const IntegerNetwork network = make.finish(4);
    const LayerConfig beats_of_24{.engine = engine, .codes = 24};
    expect_equal(network, {{}, beats_of_24, {}, {}}, random);
  }
}

// Windows that leave a map its size are counted 64 at a time, by planes of a channel: rows that end within a word or go
// over several, one channel or more than a word has bits, borders on one side only, blocks that are not full.
TEST(Counters, of_windows_that_keep_the_size) {
  const struct { MapShape input; Window window; } cases[] = {
      {{8, 8, 16}, {3, 3, 1, 1, 1, 1, 1, 1}},   {{7, 13, 3}, {3, 3, 1, 1, 1, 1, 1, 1}},
      {{3, 70, 66}, {3, 3, 1, 1, 1, 1, 1, 1}},  {{2, 130, 1}, {3, 3, 1, 1, 1, 1, 1, 1}},
      {{9, 64, 5}, {1, 3, 1, 1, 0, 1, 0, 1}},   {{64, 1, 130}, {3, 1, 1, 1, 1, 0, 1, 0}},
      {{5, 33, 8}, {2, 2, 1, 1, 1, 0, 0, 1}},   {{6, 21, 7}, {2, 3, 1, 1, 0, 2, 1, 0}},
      {{1, 65, 4}, {1, 9, 1, 1, 0, 4, 0, 4}},   {{2, 1, 9}, {3, 3, 1, 1, 1, 1, 1, 1}},
      {{16, 16, 4}, {3, 3, 2, 2, 1, 1, 0, 0}},  {{4, 6, 4}, {1, 10, 1, 1, 0, 5, 0, 4}},
  };
  Random random(17);
  for (const auto& [input, window] : cases) {
    for (const int group_filters : {1, 4, 8}) {
      NetworkMaker make(random, input);
      make.conv(8, window, kNetworkInput);
      const IntegerNetwork network = make.finish(2);
      const LayerConfig config{.engine = KernelKind::conv_pair_sparse, .filters = group_filters};
      SCOPED_TRACE(testing::Message() << input.height << "x" << input.width << "x" << input.channels << " under "
                                      << window.kernel_h << "x" << window.kernel_w << ", groups of " << group_filters);
      expect_equal(network, {config, {}, {}}, random);
    }
  }
}

// 300 groups of one filter: their cycles do not fit a byte, and tables are read window by window.
TEST(Counters, of_sums_that_do_not_fit_a_byte) {
  for (const int filters : {200, 300}) {
    Random random(19);
    NetworkMaker make(random, {9, 9, 3});
    make.conv(filters, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
    const IntegerNetwork network = make.finish(2);
    expect_equal(network, {{.engine = KernelKind::conv_pair_sparse, .filters = 1}, {}, {}}, random);
  }
}

// So many filters that the pairs of a block of pixels, or its groups without pairs, would not fit their field of a
// table's word.
TEST(Counters, of_more_filters_than_tables_hold) {
  const struct { int filters, group_filters; } cases[] = {{30000, 250}, {12000, 1}};
  for (const auto& [filters, group_filters] : cases) {
    Random random(13);
    NetworkMaker make(random, {12, 11, 10});
    make.conv(filters, {1, 1, 1, 1, 0, 0, 0, 0}, kNetworkInput);
    const IntegerNetwork network = make.finish(2);
    const LayerConfig config{.engine = KernelKind::conv_pair_sparse, .filters = group_filters};
    expect_equal(network, {config, {}, {}}, random);
  }
}

}  // namespace
}  // namespace sluice::test
