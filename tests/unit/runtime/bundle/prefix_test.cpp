// SPDX-License-Identifier: Apache-2.0
// Which weights a prefix keeps: a case worked out by hand, and the definition by sorting on random layers.
#include "runtime/bundle/prefix.hpp"

#include <gmock/gmock.h>

#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

using ::testing::ElementsAre;

Layer one_place(std::vector<std::int16_t> weights) {
  Layer layer;
  layer.output = {1, 1, static_cast<int>(weights.size())};
  layer.weights = std::move(weights);
  return layer;
}

TEST(Prefix, keeps_the_largest_of_each_multiplier_and_the_lower_filter_among_equals) {
  // Two multipliers of four filters: the even ones 5 -7 7 5, the odd ones 1 0 -1 1.
  const Layer layer = one_place({5, 1, -7, 0, 7, -1, 5, 1});
  EXPECT_THAT(prefix_weights(layer, {1, 4, 2}), ElementsAre(0, 1, -7, 0, 0, 0, 0, 0));
  EXPECT_THAT(prefix_weights(layer, {2, 4, 2}), ElementsAre(0, 1, -7, 0, 7, -1, 0, 0));
  EXPECT_THAT(prefix_weights(layer, {3, 4, 2}), ElementsAre(5, 1, -7, 0, 7, -1, 0, 1));
  EXPECT_EQ(prefix_weights(layer, {4, 4, 2}), layer.weights);
  EXPECT_EQ(prefix_weights(layer, {0, 4, 2}), layer.weights);
}

TEST(Prefix, passes_do_not_mix) {
  // One multiplier of two filters, two passes.
  EXPECT_THAT(prefix_weights(one_place({1, 2, 9, 8}), {1, 2, 1}), ElementsAre(0, 2, 9, 0));
}

TEST(Prefix, ranks_are_the_order_of_a_sort_by_magnitude) {
  for (int seed = 1; seed <= 10; ++seed) {
    Random random(seed);
    NetworkMaker make(random, {3, 3, 2});
    make.conv(48, {3, 2, 1, 1, 1, 1, 1, 0}, kNetworkInput);
    IntegerNetwork network = make.finish(2);
    Layer& layer = network.layers[0];
    for (std::int16_t& w : layer.weights) w = static_cast<std::int16_t>(w / 16);  // ties
    const Prefix prefix{0, 4, 6};
    const std::size_t window = layer.weights.size() / 48;
    for (std::size_t place = 0; place < window; ++place) {
      for (int first : {0, 1, 2, 3, 4, 5, 24, 25, 26, 27, 28, 29}) {
        std::vector<int> filters{first, first + 6, first + 12, first + 18};
        std::stable_sort(filters.begin(), filters.end(), [&](int a, int b) {
          return std::abs(layer.weights[a * window + place]) > std::abs(layer.weights[b * window + place]);
        });
        for (int rank = 0; rank < 4; ++rank)
          ASSERT_EQ(prefix_rank(layer, prefix, filters[rank], place), rank) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace sluice::test
