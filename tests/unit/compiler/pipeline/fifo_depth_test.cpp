// SPDX-License-Identifier: Apache-2.0
// No netlist hangs in streams of the chosen depths, and where a join waits, less would hang.
#include "compiler/pipeline/fifo_depth.hpp"

#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/support/known_shapes.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/unit/compiler/pipeline/token_flow.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

class FifoDepth : public ::testing::TestWithParam<int> {};

TEST_P(FifoDepth, lets_every_image_through) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 2 + GetParam() % 7);
  const Netlist netlist = build_netlist(network).value();
  EXPECT_EQ(where_it_hangs(netlist, 3), "");
}

// Dense engines only: what the others send depends on data.
TEST_P(FifoDepth, lets_every_image_through_whatever_the_parallelism) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 2 + GetParam() % 7);
  LayerConfigs configs = random_configs(random, network);
  for (LayerConfig& config : configs) {
    if (config.engine != KernelKind::conv_dense) config = {};
  }
  const Netlist netlist = build_netlist(network, configs).value();
  EXPECT_EQ(where_it_hangs(netlist, 3), "");
}

INSTANTIATE_TEST_SUITE_P(seeds, FifoDepth, ::testing::Range(1, 41));

TEST(FifoDepth, lets_an_image_through_networks_of_known_shapes) {
  Random random(1);
  for (const auto& network : {squeezenet(random, 63), mobilenet_v3_large(random, 64)}) {
    EXPECT_EQ(where_it_hangs(build_netlist(network).value(), 2), "");
  }
}

// The streams into the only kernel of this operator.
std::vector<int> inputs_of(const Netlist& netlist, const std::string& op) {
  for (const Kernel& kernel : netlist.kernels)
    if (op_of(kernel.kind) == op) return kernel.inputs;
  return {};
}

TEST(FifoDepth, holds_the_whole_map_while_its_gates_are_computed) {
  Random random(2);
  NetworkMaker make(random, {9, 11, 3});
  make.squeeze_excite(make.conv(32, kSame3x3, kNetworkInput), 8);
  const IntegerNetwork network = make.finish(4);
  Netlist netlist = build_netlist(network).value();
  Stream& map = netlist.streams[std::size_t(inputs_of(netlist, "scale").at(1))];
  EXPECT_EQ(map.beats, 9 * 11 * 2);
  EXPECT_GE(map.depth, map.beats + kMargin);
  EXPECT_THAT(map.why, HasSubstr("99 pixels of 2 beats"));
  EXPECT_EQ(where_it_hangs(netlist, 3), "");
  map.depth = static_cast<int>(map.beats) - 20;
  EXPECT_THAT(where_it_hangs(netlist, 3), HasSubstr(map.name));
}

// One map on both ports: all its beats of a pixel wait on B while those on A pass.
TEST(FifoDepth, holds_a_whole_pixel_at_a_concatenation) {
  Random random(3);
  NetworkMaker make(random, {4, 4, 3});
  const int wide = make.conv(640, {}, kNetworkInput);
  make.concat(wide, wide);
  const IntegerNetwork network = make.finish(4);
  Netlist netlist = build_netlist(network).value();
  EXPECT_EQ(where_it_hangs(netlist, 2), "");
  for (const int s : inputs_of(netlist, "concat")) netlist.streams[std::size_t(s)].depth = kDepth;
  EXPECT_NE(where_it_hangs(netlist, 2), "");
}

// A 1x1 convolution needs a pixel's last channel before it sends its first one.
TEST(FifoDepth, holds_a_whole_pixel_beside_a_pointwise_branch) {
  Random random(4);
  NetworkMaker make(random, {4, 4, 3});
  const int wide = make.conv(640, {}, kNetworkInput);
  make.add(make.conv(640, {}, wide), wide);
  const IntegerNetwork network = make.finish(4);
  Netlist netlist = build_netlist(network).value();
  EXPECT_EQ(where_it_hangs(netlist, 2), "");
  for (const int s : inputs_of(netlist, "add")) netlist.streams[std::size_t(s)].depth = kDepth;
  EXPECT_NE(where_it_hangs(netlist, 2), "");
}

TEST(FifoDepth, is_small_where_nothing_waits) {
  Random random(5);
  NetworkMaker make(random, {8, 8, 3});
  make.conv(8, kSame3x3, make.conv(8, kSame3x3, kNetworkInput));
  const Netlist netlist = build_netlist(make.finish(4)).value();
  for (const Stream& stream : netlist.streams) EXPECT_EQ(stream.depth, kDepth) << stream.name;
}

// 320 channels in beats of 16: while a line buffer sends a pixel again, the engine before it makes the next 20 beats.
TEST(FifoDepth, of_a_reader_that_sends_for_long_is_a_pixel) {
  Random random(4);
  NetworkMaker make(random, {4, 4, 8});
  make.conv(16, {}, make.conv(320, {}, kNetworkInput));
  const IntegerNetwork network = make.finish(3);
  const Netlist netlist = build_netlist(network, {{KernelKind::conv_dense},
                                                  {.engine = KernelKind::conv_activation_sparse, .filters = 8},
                                                  {KernelKind::conv_dense},
                                                  {KernelKind::conv_dense}})
                              .value();
  const auto reader = std::find_if(netlist.kernels.begin(), netlist.kernels.end(),
                                   [](const Kernel& k) { return k.layer == 1 && k.kind == KernelKind::window; });
  ASSERT_NE(reader, netlist.kernels.end());
  EXPECT_EQ(netlist.streams[std::size_t(reader->inputs[0])].depth, 20 + kPixelMargin);
}

// Sums come a tile at a time and leave one by one.
TEST(FifoDepth, holds_the_sums_that_an_engine_sends_at_once) {
  Random random(6);
  NetworkMaker make(random, {6, 6, 8});
  make.conv(40, kSame3x3, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  const auto depth_into = [&](const LayerConfig& config, const std::string& op) {
    const Netlist netlist = build_netlist(network, {config, {}, {}}).value();
    return netlist.streams[std::size_t(inputs_of(netlist, op).at(0))].depth;
  };
  EXPECT_EQ(
      depth_into({.engine = KernelKind::conv_weight_sparse, .filters = 8, .lanes = 2, .tile_pixels = 6}, "requantise"),
      6 * 5);
  EXPECT_EQ(
      depth_into({.engine = KernelKind::conv_weight_sparse, .filters = 8, .lanes = 2, .copies = 2, .tile_pixels = 6},
                 "requantise"),
      6 * 5);
  EXPECT_EQ(
      depth_into({.engine = KernelKind::conv_weight_sparse, .filters = 8, .copies = 2, .tile_pixels = 6}, "gather"),
      kDepth);
  EXPECT_EQ(depth_into({.engine = KernelKind::conv_activation_sparse, .filters = 2, .lanes = 1}, "requantise"), 20);
  EXPECT_EQ(depth_into({.engine = KernelKind::conv_grouped_prefix, .filters = 5, .lanes = 5, .group = 8},
                       "conv_grouped_prefix"),
            kDepth);
  EXPECT_EQ(depth_into({.engine = KernelKind::conv_dense, .filters = 40, .lanes = 4}, "requantise"), kDepth);
}

}  // namespace
}  // namespace sluice::test
