// SPDX-License-Identifier: Apache-2.0
// From counters of a device to observations in the table's terms, on a bundle with three engines.
#include "runtime/observe/design_model.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "runtime/simulate/layer_cycles.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

class ThreeEngines : public ::testing::Test {
 protected:
  void SetUp() override {
    Random random(3);
    NetworkMaker make(random, {6, 6, 2});
    const int first = make.conv(4, kSame3x3, kNetworkInput);
    const int second = make.conv(4, kSame3x3, first);
    make.conv(4, kSame3x3, make.add(second, first));
    auto opened = bundle_of(make.finish(3), scratch.path() / "bundle",
                            {{KernelKind::conv_dense},
                             {KernelKind::conv_activation_sparse},
                             {KernelKind::conv_dense},
                             {KernelKind::conv_pair_sparse},
                             {KernelKind::conv_dense},
                             {KernelKind::conv_dense}});
    ASSERT_TRUE(opened) << opened.error().text();
    bundle.emplace(std::move(opened).value());
  }
  Scratch scratch;
  std::optional<Bundle> bundle;
};

TEST_F(ThreeEngines, fixed_cycles_are_those_of_a_picture_of_zeros) {
  const auto cycles = simulate::LayerCycles(bundle->design());
  // 36 pixels, 9 taps, 2 channels in one beat, 4 filters in one group; a header, and 11 pixels that enter the window
  // and complete none.
  EXPECT_EQ(cycles.fixed(0), 36 * 9 + 1 + 11);
  EXPECT_EQ(cycles.fixed(1), 36 * 9 + 1 + 11) << "9 beats a pixel in which there is nothing, sent as for layer 0";
  EXPECT_EQ(cycles.fixed(2), 36 + 1) << "an addition takes a beat per pixel";
  EXPECT_EQ(cycles.fixed(3), 36 * (1 + 4) + 2) << "taps: a beat a pixel that enters, a vector per channel";
  EXPECT_EQ(cycles.floor(), 36 + 1);
}

// Beats after a tile kernel are as many as the row's prefixes ask for; the stream is made for a dense filter.
TEST(FixedCycles, of_a_weight_sparse_layer_are_those_of_its_windows) {
  Random random(4);
  NetworkMaker make(random, {6, 6, 4});
  make.conv(4, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  const Design design{
      network,
      build_netlist(network, {{KernelKind::conv_weight_sparse}, {KernelKind::conv_dense}, {KernelKind::conv_dense}})
          .value()};
  std::int64_t longest = 0;
  for (const Stream& stream : design.netlist.streams) longest = std::max(longest, stream.beats);
  const double fixed = simulate::LayerCycles(design).fixed(0);
  EXPECT_GE(fixed, 36 * 9);
  EXPECT_LE(fixed, 36 * 9 + 1 + 2 * 4 * 4) << "header, two more periods of the least length, P pixels of 4 filters";
  EXPECT_GT(longest, fixed);
}

TEST_F(ThreeEngines, counters_find_their_layers) {
  const Observer observer(*bundle);
  const Observation seen =
      observer.observe(7, 0, {{1, 36, 500, 400, 0}, {3, 144, 900, 150, 2}}, std::chrono::nanoseconds(5));
  ASSERT_EQ(seen.cycles.size(), 4u) << "four convolutions have an engine";
  EXPECT_EQ(seen.cycles[0], 36 * 9 + 1 + 11);
  EXPECT_EQ(seen.cycles[1], 1 + 400) << "a header, and what the engine counted";
  EXPECT_EQ(seen.cycles[2], 36 * (1 + 4) + 2) << "the engine waits for its taps";
  EXPECT_EQ(seen.pairs[1], 500);
  EXPECT_EQ(seen.pairs[2], 900);
  EXPECT_EQ(seen.pairs[0], bundle->network().layers[0].macs()) << "a dense engine executes everything";
  EXPECT_EQ(seen.index, 7u);
}

TEST_F(ThreeEngines, an_engine_is_never_faster_than_what_feeds_it) {
  const Observer observer(*bundle);
  const Observation seen = observer.observe(0, 0, {{1, 36, 3, 36, 33}, {3, 144, 3, 144, 141}}, {});
  EXPECT_EQ(seen.cycles[1], 36 * 9 + 1 + 11) << "the window's beats";
}

}  // namespace
}  // namespace sluice::test
