// SPDX-License-Identifier: Apache-2.0
// Shapes that random networks seldom hold, engine by engine: stems of several pixels a beat, tiles of the weight-sparse
// engine, multipliers of many filters. Scores and counters equal the plain reference's.
#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/evaluator.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/kernels/equal_reference.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {

void PrintTo(const LayerConfig& config, std::ostream* out) {
  *out << to_text(config.engine) << " O=" << config.filters << " M=" << config.codes << " taps=" << config.taps
       << " E=" << config.copies;
}

namespace test {
namespace {

// Beats of several pixels complete several windows at once, more at the right edge and most at the lower one.
class StemOfPixels : public ::testing::TestWithParam<std::tuple<int, int, LayerConfig, Where>> {};

TEST_P(StemOfPixels, equals_the_reference) {
  const auto& [stride, pixels, config, where] = GetParam();
  SCOPED_TRACE(fmt::format("stride {}, {} pixels, E {}", stride, pixels, config.copies));
  Random random(stride + 10 * pixels);
  NetworkMaker make(random, {9, 16, 3});
  make.conv(10, {3, 3, stride, stride, 1, 1, 1, 1}, kNetworkInput);
  make.add(make.conv(10, {3, 3, 1, 1, 1, 1, 1, 1}, 0), 0);
  const IntegerNetwork network = make.finish(4);
  LayerConfigs configs(network.layers.size());
  configs[0] = config;
  configs[0].pixels = pixels;
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist& netlist) {
    add_random_rows(table, netlist, random, 3);
  });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 4, where);
}

const LayerConfig kAllAtOnce{.filters = 10, .codes = 27, .taps = 9}, kCopied{.filters = 5, .taps = 3, .copies = 3},
    kSparse{.engine = KernelKind::conv_activation_sparse, .filters = 5, .copies = 2};

INSTANTIATE_TEST_SUITE_P(on_pocl, StemOfPixels,
                         ::testing::Combine(::testing::Values(1, 2), ::testing::Values(4),
                                            ::testing::Values(kAllAtOnce, kCopied, kSparse),
                                            ::testing::Values(Where::pocl)));
INSTANTIATE_TEST_SUITE_P(on_threads, StemOfPixels,
                         ::testing::Combine(::testing::Values(2), ::testing::Values(2, 4),
                                            ::testing::Values(kAllAtOnce, kCopied, kSparse),
                                            ::testing::Values(Where::threads)));

// Weight-sparse on shapes that its tiles and lists make special, with tiles of every size.
class WeightSparseTiles : public ::testing::TestWithParam<std::tuple<int, int, Where, int>> {
};  // pixels of a tile, bits, copies

IntegerNetwork network_of_lists(Random& random, int bits) {
  NetworkMaker make(random, {7, 9, 3}, bits);
  const int wide = make.conv(21, {5, 5, 1, 1, 2, 2, 2, 2}, kNetworkInput);  // 63 pixels, three groups of filters
  const int half = make.conv(32, {3, 3, 2, 2, 1, 1, 1, 1}, wide);
  const int beside = make.conv(32, {1, 1, 2, 2}, wide);  // fewer multiplying than loading cycles
  make.conv(8, {3, 4, 1, 1}, make.conv(17, {}, make.add(half, beside)));
  IntegerNetwork network = make.finish(10);
  // One group without a weight, filters without one beside others, and one filter whose weights are all alike.
  const auto fill = [&](int layer, int first, int end, int code) {
    auto& weights = network.layers[std::size_t(layer)].weights;
    const std::ptrdiff_t of_filter = std::ssize(weights) / network.layers[std::size_t(layer)].output.channels;
    std::fill(weights.begin() + first * of_filter, weights.begin() + end * of_filter, static_cast<std::int16_t>(code));
  };
  fill(half, 16, 32, 0);
  fill(wide, 2, 5, 0);
  fill(wide, 7, 8, -31);
  return network;
}

TEST_P(WeightSparseTiles, equals_the_reference) {
  const auto [tile_pixels, bits, where, copies] = GetParam();
  Random random(100 + tile_pixels);
  SCOPED_TRACE("seed " + std::to_string(100 + tile_pixels));
  const IntegerNetwork network = network_of_lists(random, bits);
  LayerConfigs configs(network.layers.size());
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const MapShape& map = network.layers[i].output;
    if (network.layers[i].kind != LayerKind::conv) continue;
    configs[i] = {.engine = KernelKind::conv_weight_sparse, .copies = std::min(copies, map.height * map.width)};
    configs[i].tile_pixels = std::min(tile_pixels, map.height * map.width / configs[i].copies);
  }
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist& netlist) {
    add_random_rows(table, netlist, random, 15);
  });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 8, where);
}

// Maps of 16 bits in an 8-bit network: every engine, join and pool reads and makes some, with curves in between.
class MixedWidths : public ::testing::TestWithParam<std::tuple<KernelKind, Where>> {};

TEST_P(MixedWidths, equal_the_reference) {
  const auto [engine, where] = GetParam();
  const int seed = 60 + static_cast<int>(engine);
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  NetworkMaker make(random, {9, 8, 3});
  const auto wide = [&](int layer, bool has_curve = false) {
    if (has_curve) make.add_curve(layer);
    make.widen(layer);
    return layer;
  };
  const Window same{3, 3, 1, 1, 1, 1, 1, 1};
  const int stem = wide(make.conv(16, same, kNetworkInput), true);
  const int deep = wide(make.depthwise(same, stem));
  const int excited = wide(make.squeeze_excite(deep, 4), true);
  const int narrow = make.conv(16, {}, excited);
  const int sum = wide(make.add(narrow, deep));
  const int pooled = make.pool(LayerKind::max_pool, {2, 2, 2, 2, 0, 0, 0, 0}, sum);
  make.conv(16, same, wide(make.conv(16, same, pooled)));
  const IntegerNetwork network = make.finish(10);
  LayerConfigs configs(network.layers.size());
  for (std::size_t i = 0; i < configs.size(); ++i)
    if (network.layers[i].kind == LayerKind::conv) configs[i].engine = engine;
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist& netlist) {
    add_random_rows(table, netlist, random, 4);
  });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 6, where);
  // The evaluator that plans and searches.
  for (int picture = 0; picture < 4; ++picture) {
    const auto codes = random_codes(random, network);
    EXPECT_EQ(Evaluator(network).scores(codes), reference_scores(network, codes));
  }
}

INSTANTIATE_TEST_SUITE_P(
    engines, MixedWidths,
    ::testing::Combine(::testing::Values(KernelKind::conv_dense, KernelKind::conv_activation_sparse,
                                         KernelKind::conv_weight_sparse, KernelKind::conv_grouped_prefix,
                                         KernelKind::conv_pair_sparse),
                       ::testing::Values(Where::pocl, Where::threads)));

// What waits beside three tiles is more than a join's stream has to spare.
TEST(WeightSparse, beside_a_bare_shortcut_does_not_hang) {
  Random random(7);
  NetworkMaker make(random, {6, 6, 4});
  const int wide = make.conv(64, {}, kNetworkInput);
  make.add(make.conv(64, {}, wide), wide);
  const IntegerNetwork network = make.finish(4);
  const Scratch scratch;
  LayerConfigs configs(network.layers.size());
  configs[1] = {.engine = KernelKind::conv_weight_sparse, .tile_pixels = 11};
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs);
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 4, Where::threads);
}

INSTANTIATE_TEST_SUITE_P(tiles, WeightSparseTiles,
                         ::testing::Values(std::tuple{1, 8, Where::pocl, 1}, std::tuple{4, 8, Where::pocl, 1},
                                           std::tuple{7, 16, Where::pocl, 1}, std::tuple{4, 8, Where::pocl, 3},
                                           std::tuple{4, 8, Where::pocl_exact, 1}, std::tuple{1, 8, Where::threads, 1},
                                           std::tuple{4, 8, Where::threads, 2}, std::tuple{7, 16, Where::threads, 1}));

// Every number of filters a multiplier may own, passes above one, ids in more than one word, weights that are often
// equal.
class GroupedPrefixOnDevices : public ::testing::TestWithParam<std::tuple<Where, int>> {};

TEST_P(GroupedPrefixOnDevices, equals_the_reference) {
  const auto& [where, bits] = GetParam();
  const int seed = 40 + bits;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  NetworkMaker make(random, {9, 8, 3}, bits);
  make.conv(16, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);                 // G = 4
  make.conv(32, {5, 5, 2, 2, 2, 2, 2, 2}, make.last());                   // G = 8
  make.conv(12, {}, make.last());                                         // G = 2
  make.add_curve(make.conv(144, {3, 2, 2, 2, 1, 0, 0, 1}, make.last()));  // G = 8, two passes of 9 multipliers
  make.conv(128, {}, make.last());                                        // G = 8, 16 multipliers: ids in two words
  IntegerNetwork network = make.finish(10);
  const int step = bits == 8 ? 32 : 512;
  for (Layer& layer : network.layers)
    for (std::int16_t& weight : layer.weights) weight = static_cast<std::int16_t>(weight / step * step);
  const LayerConfigs configs(network.layers.size(), LayerConfig{KernelKind::conv_grouped_prefix});
  const Netlist netlist = build_netlist(network, configs).value();
  std::set<int> filters;
  for (int i = 0; i < std::ssize(network.layers); ++i) filters.insert(NetlistIndex(netlist).prefix(i).filters);
  ASSERT_THAT(filters, ::testing::ElementsAre(0, 2, 4, 8)) << "0: the pool";
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs,
                          [&](DesignTable& table, const Netlist&) { add_random_rows(table, netlist, random, 6); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 12, where);
}

INSTANTIATE_TEST_SUITE_P(devices, GroupedPrefixOnDevices,
                         ::testing::Combine(::testing::Values(Where::pocl, Where::threads), ::testing::Values(8, 16)));

}  // namespace
}  // namespace test
}  // namespace sluice
