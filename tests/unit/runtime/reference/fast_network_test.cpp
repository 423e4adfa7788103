// SPDX-License-Identifier: Apache-2.0
// FastNetwork equals the plain reference in every map, with and without thresholds.
#include "runtime/reference/fast_network.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

class FastNetworkSeeds : public ::testing::TestWithParam<int> {};

TEST_P(FastNetworkSeeds, equals_the_reference_in_every_map) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 1 + GetParam() % 6, GetParam() % 4 == 0 ? 16 : 8);
  std::vector<Thresholds> thresholds(network.layers.size());
  for (Thresholds& t : thresholds) t = {static_cast<int>(random() % 50), static_cast<int>(random() % 50)};
  const auto codes = random_codes(random, network);
  EXPECT_EQ(FastNetwork(network, {}).run(codes), run_reference(network, codes));
  EXPECT_EQ(FastNetwork(network, thresholds).run(codes), run_reference(network, codes, thresholds));
}

INSTANTIATE_TEST_SUITE_P(seeds, FastNetworkSeeds, ::testing::Range(1, 41));

}  // namespace
}  // namespace sluice::test
