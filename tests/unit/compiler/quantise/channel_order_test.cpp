// SPDX-License-Identifier: Apache-2.0
// Channels in another order: no score changes, filters of a lock-step group become alike, and what must stay aligned
// does.
#include "compiler/quantise/channel_order.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "runtime/bundle/weight_lists.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

std::vector<std::int32_t> scores(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                                 const std::vector<Thresholds>& thresholds) {
  return run_reference(network, codes, thresholds).back();
}

// Makes filters differ in length: of filter f a random share of the weights is 0.
void thin_out(IntegerNetwork& network, Random& random) {
  for (Layer& layer : network.layers) {
    if (layer.kind != LayerKind::conv) continue;
    const std::size_t window = layer.weights.size() / std::size_t(layer.output.channels);
    for (std::size_t begin = 0; begin < layer.weights.size(); begin += window) {
      const std::uint64_t share = random() % 100;
      for (std::size_t i = begin; i < begin + window; ++i)
        if (random() % 100 < share) layer.weights[i] = 0;
    }
  }
}

// Lock-step cycles of a tile, all layers together.
std::int64_t turns(const IntegerNetwork& network) {
  std::int64_t sum = 0;
  for (const Layer& layer : network.layers) {
    if (layer.kind != LayerKind::conv) continue;
    const WeightLists lists(layer, 1);
    for (int f = 0; f < layer.output.channels; f += 4) sum += lists.turns(f, std::min(4, layer.output.channels - f), 0);
  }
  return sum;
}

class ChannelOrderSeeds : public ::testing::TestWithParam<int> {};

TEST_P(ChannelOrderSeeds, keeps_every_score) {
  SCOPED_TRACE(GetParam());
  Random random(GetParam());
  IntegerNetwork network = random_network(random, 2 + GetParam() % 5, GetParam() % 4 == 0 ? 16 : 8);
  thin_out(network, random);
  const IntegerNetwork ordered = with_ordered_channels(network);
  const auto status = ordered.validate();
  ASSERT_TRUE(status) << status.error().text();
  std::vector<Thresholds> thresholds;
  for (const Layer& layer : network.layers)
    thresholds.push_back(layer.kind == LayerKind::conv ? Thresholds{int(random() % 40), int(random() % 40)}
                                                       : Thresholds{});
  const auto codes = random_codes(random, network);
  EXPECT_EQ(scores(ordered, codes, {}), scores(network, codes, {}));
  EXPECT_EQ(scores(ordered, codes, thresholds), scores(network, codes, thresholds));
}

INSTANTIATE_TEST_SUITE_P(seeds, ChannelOrderSeeds, ::testing::Range(1, 41));

TEST(ChannelOrder, shortens_what_lock_step_waits_for) {
  std::int64_t before = 0, after = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    IntegerNetwork network = random_network(random, 4);
    thin_out(network, random);
    before += turns(network);
    after += turns(with_ordered_channels(network));
  }
  EXPECT_LT(after, 0.95 * before);
}

// One filter with all weights, the others with ever fewer: longest first, and its gain and bias come along.
TEST(ChannelOrder, sorts_a_layer_whose_map_is_its_own) {
  Random random(3);
  NetworkMaker make(random, {6, 6, 2});
  const int first = make.conv(4, kSame3x3, kNetworkInput);
  make.conv(5, kSame3x3, first);
  IntegerNetwork network = make.finish(3);
  Layer& layer = network.layers[std::size_t(first)];
  for (int f = 0; f < 4; ++f) {
    for (int i = 0; i < 18; ++i) layer.weights[std::size_t(f * 18 + i)] = i < 4 * f + 2 ? 50 : 0;
    layer.bias[std::size_t(f)] = 100 * f;
  }
  layer.channel_gain = {1, 2, 3, 4};
  const IntegerNetwork ordered = with_ordered_channels(network);
  const Layer& sorted = ordered.layers[std::size_t(first)];
  EXPECT_EQ(sorted.bias, (std::vector<std::int32_t>{300, 200, 100, 0}));
  EXPECT_EQ(sorted.channel_gain, (std::vector<double>{4, 3, 2, 1}));
  EXPECT_EQ(sorted.channel_order, (std::vector<int>{3, 2, 1, 0})) << "who compares with the model needs to know";
  EXPECT_TRUE(ordered.layers.back().channel_order.empty());
}

// The operands of an add have one order, whichever of them would like another.
TEST(ChannelOrder, is_one_for_both_operands_of_an_add_and_none_for_scores) {
  Random random(4);
  NetworkMaker make(random, {6, 6, 2});
  const int a = make.conv(4, kSame3x3, kNetworkInput), b = make.conv(4, kSame3x3, kNetworkInput);
  make.add(a, b);
  IntegerNetwork network = make.finish(3);
  for (const int layer : {a, b})
    std::iota(network.layers[std::size_t(layer)].bias.begin(), network.layers[std::size_t(layer)].bias.end(), 0);
  std::iota(network.layers.back().bias.begin(), network.layers.back().bias.end(), 0);
  thin_out(network, random);
  const IntegerNetwork ordered = with_ordered_channels(network);
  EXPECT_EQ(ordered.layers[std::size_t(a)].bias, ordered.layers[std::size_t(b)].bias);
  EXPECT_NE(ordered.layers[std::size_t(a)].bias, network.layers[std::size_t(a)].bias);
  EXPECT_EQ(ordered.layers.back().bias, network.layers.back().bias);
}

// Two concatenations cut at different channels and added: neither order suits both, and an operand of the first is
// added to the second.
TEST(ChannelOrder, stays_where_two_concatenations_meet) {
  Random random(9);
  NetworkMaker make(random, {6, 6, 2});
  const int a = make.conv(4, kSame3x3, kNetworkInput), b = make.conv(6, kSame3x3, kNetworkInput);
  const int ab = make.concat(a, b), ba = make.concat(b, a);
  const int sum = make.add(ab, ba);
  const int wide = make.conv(10, kSame3x3, sum), again = make.concat(wide, make.conv(4, kSame3x3, wide));
  make.concat(again, make.add(wide, sum));
  IntegerNetwork network = make.finish(3);
  thin_out(network, random);
  const IntegerNetwork ordered = with_ordered_channels(network);
  const auto codes = random_codes(random, network);
  EXPECT_EQ(scores(ordered, codes, {}), scores(network, codes, {}));
  EXPECT_EQ(ordered.layers[std::size_t(a)].weights, network.layers[std::size_t(a)].weights);
}

}  // namespace
}  // namespace sluice::test
