// SPDX-License-Identifier: Apache-2.0
// From counters of a device to observations in the table's terms, on a bundle with three engines.
#include "runtime/observe/design_model.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "runtime/bundle/layer_cycles.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

class ThreeEngines : public ::testing::Test {
 protected:
  void SetUp() override {
    Random random(3);
    NetworkMaker make(random, {6, 6, 2});
    const Window same{3, 3, 1, 1, 1, 1, 1, 1};
    const int first = make.conv(4, same, kNetworkInput);
    const int second = make.conv(4, same, first);
    make.conv(4, same, make.add(second, first));
    auto opened = bundle_of(make.finish(3), scratch.path() / "bundle",
                            {{Engine::dense}, {Engine::activation_sparse}, {Engine::dense}, {Engine::pair_sparse}, {Engine::dense}, {Engine::dense}});
    ASSERT_TRUE(opened) << opened.error().text();
    bundle.emplace(std::move(opened).value());
  }
  Scratch scratch;
  std::optional<Bundle> bundle;
};

TEST_F(ThreeEngines, fixed_cycles_are_those_of_the_busiest_kernel) {
  const Netlist& netlist = bundle->netlist();
  // 36 pixels, 9 taps, 2 channels in one beat, 4 filters in one group.
  EXPECT_EQ(fixed_layer_cycles(netlist, 0), 36 + 36 * 9 - 5 * 5) << "the window reads 36 beats, 25 of which let one leave in the same cycle";
  EXPECT_EQ(fixed_layer_cycles(netlist, 2), 36) << "an addition takes a beat per pixel";
  EXPECT_EQ(fixed_layer_cycles(netlist, 3), 36 + 36 * 4) << "taps: reads, then sends a vector per channel";
  EXPECT_EQ(floor_cycles(bundle->design()), 36);
}

// Beats behind a tile kernel are as many as the row's prefixes ask for; the stream is made for a dense filter.
TEST(FixedCycles, of_a_weight_sparse_layer_are_those_of_its_windows) {
  Random random(4);
  NetworkMaker make(random, {6, 6, 4});
  make.conv(4, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  const Netlist netlist = build_netlist(network, {{Engine::weight_sparse}, {Engine::dense}, {Engine::dense}}).value();
  std::int64_t longest = 0;
  for (const Stream& stream : netlist.streams) longest = std::max(longest, stream.beats);
  EXPECT_GT(longest, 36 * 9);
  EXPECT_EQ(fixed_layer_cycles(netlist, 0), 36 + 36 * 9 - 5 * 5);
}

TEST_F(ThreeEngines, counters_find_their_layers) {
  const Observer observer(*bundle);
  const Observation seen = observer.observe(7, 0, {{1, 36, 500, 400, 0}, {3, 144, 900, 150, 2}}, std::chrono::nanoseconds(5));
  ASSERT_EQ(seen.cycles.size(), 4u) << "four convolutions have an engine";
  EXPECT_EQ(seen.cycles[0], 36 + 36 * 9 - 5 * 5);
  EXPECT_EQ(seen.cycles[1], 400 + 36 * 9) << "the compactor reads each window before it sends the list";
  EXPECT_EQ(seen.cycles[2], 36 + 36 * 4) << "the taps kernel is busier than the engine";
  EXPECT_EQ(seen.pairs[1], 500);
  EXPECT_EQ(seen.pairs[2], 900);
  EXPECT_EQ(seen.pairs[0], bundle->network().layers[0].macs()) << "a dense engine executes everything";
  EXPECT_EQ(seen.index, 7u);
}

TEST_F(ThreeEngines, an_engine_is_never_faster_than_what_feeds_it) {
  const Observer observer(*bundle);
  const Observation seen = observer.observe(0, 0, {{1, 36, 3, 36, 33}, {3, 144, 3, 144, 141}}, {});
  EXPECT_EQ(seen.cycles[1], 36 * 9 + 36) << "the window's beats, and a cycle for each empty list";
}

}  // namespace
}  // namespace sluice::test
