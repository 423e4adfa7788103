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
    const Evaluator evaluator(network, thresholds);
    const auto fast = CounterModel(design, thresholds).count(evaluator, evaluator.evaluate(codes));
    const auto plain = reference_counters(design, codes, run_reference(network, codes, thresholds), thresholds);
    ASSERT_EQ(fast.size(), plain.size());
    for (std::size_t i = 0; i < fast.size(); ++i) {
      ASSERT_EQ(fast[i], plain[i]) << network.layers[std::size_t(plain[i].layer)].name << ": pairs "
                                   << fast[i].nonzero_pairs << " for " << plain[i].nonzero_pairs << ", busy "
                                   << fast[i].busy_cycles << " for " << plain[i].busy_cycles;
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

TEST(Counters, of_more_taps_than_a_word_has_bits) {
  Random random(7);
  NetworkMaker make(random, {12, 13, 2});
  make.conv(6, {11, 9, 1, 1, 5, 4, 5, 4}, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  expect_equal(network, {{KernelKind::conv_pair_sparse}, {}, {}}, random);
}

}  // namespace
}  // namespace sluice::test
