// SPDX-License-Identifier: Apache-2.0
// The estimate against the simulator: one picture again and again through deep streams leaves every so many cycles as
// the busiest kernel works; in between, never below that, and never above what bands without any FIFO say.
#include "compiler/measure/interval_estimate.hpp"

#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/measure/stream_depths.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/kernel_cycles.hpp"
#include "runtime/simulate/layer_cycles.hpp"
#include "runtime/simulate/simulation.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/quantile_rows.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

using simulate::ImagePrograms;

class Estimates : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    design.network = random_network(random, 2 + GetParam() % 5);
    design.netlist = build_netlist(design.network, configs()).value();
    thresholds.resize(design.network.layers.size());
    for (Thresholds& t : thresholds) t = {static_cast<int>(random() % 60), static_cast<int>(random() % 60)};
  }

  // Every third network with random parallelism, copies included, the others with a random engine each.
  LayerConfigs configs() {
    if (GetParam() % 3 == 0) return random_configs(random, design.network);
    LayerConfigs all;
    for (std::size_t i = 0; i < design.network.layers.size(); ++i) all.push_back({convolution_engines()[random() % 5]});
    return all;
  }

  std::vector<LayerVectors> work() {
    const Evaluator evaluator(design.network, thresholds);
    return CounterModel(design, thresholds).work(evaluator, evaluator.evaluate(random_codes(random, design.network)));
  }

  void deepen() {
    for (Stream& s : design.netlist.streams) s.depth = std::max(s.depth, static_cast<int>(4 * (s.beats + 1)));
  }

  Random random{static_cast<std::uint64_t>(GetParam())};
  Design design;
  std::vector<Thresholds> thresholds;
};

TEST_P(Estimates, equal_the_simulator_with_deep_streams) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  deepen();
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const ImagePrograms image = scheduler.programs(work());
  // Long enough that a kernel nearly as slow as the slowest no longer shows.
  simulate::Simulation simulation(design.netlist, 60);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(simulation.pass(image));
  const simulate::SimulationReport report = simulation.report();
  std::int64_t longest = 0;
  for (const auto& program : image) longest = std::max(longest, simulate::busy_cycles(*program));
  EXPECT_EQ(report.shortest_interval_cycles, longest);
  EXPECT_EQ(report.longest_interval_cycles, longest);
  const IntervalEstimate estimate = estimate_interval(design.netlist, {slices_of(design.netlist, image)});
  EXPECT_NEAR(estimate.cycles, static_cast<double>(longest), 1e-6 * static_cast<double>(longest));
  EXPECT_NEAR(estimate.largest_mean, static_cast<double>(longest), 1e-6 * static_cast<double>(longest));
}

// What the counters tell is what the programs say, but for copies, which share evenly what is counted together.
TEST_P(Estimates, of_layers_from_counters_are_those_of_their_kernels) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  const std::vector<LayerVectors> of_picture = work();
  const ImagePrograms image = simulate::Scheduler(design.netlist).programs(of_picture);
  std::vector<LayerCounters> counters;
  for (const LayerVectors& layer : of_picture) counters.push_back(layer.counters);
  const auto layer_cycles = simulate::LayerCycles(design);
  const std::vector<double> from_counters = layer_cycles.layers(counters);
  std::vector<double> from_programs(design.network.layers.size(), 1.0);
  double floor = 1;
  for (std::size_t k = 0; k < image.size(); ++k) {
    const int layer = design.netlist.kernels[k].layer;
    const auto cycles = static_cast<double>(simulate::busy_cycles(*image[k]));
    if (layer < 0)
      floor = std::max(floor, cycles);
    else
      from_programs[std::size_t(layer)] = std::max(from_programs[std::size_t(layer)], cycles);
  }
  for (std::size_t i = 0; i < from_programs.size(); ++i) {
    if (NetlistIndex(design.netlist).copies(static_cast<int>(i)) == 1)
      EXPECT_EQ(from_counters[i], from_programs[i]) << design.network.layers[i].name;
    else
      EXPECT_LE(from_counters[i], 1.001 * from_programs[i] + 1)
          << design.network.layers[i].name << ": the slowest copy is not faster than the mean";
  }
  EXPECT_GE(layer_cycles.slowest(counters), floor);
}

TEST_P(Estimates, slices_are_all_of_an_image) {
  SCOPED_TRACE(testing::Message() << "seed " << GetParam());
  const ImagePrograms image = simulate::Scheduler(design.netlist).programs(work());
  for (std::size_t k = 0; k < image.size(); ++k) {
    for (const int slices : {1, 7, 64}) {
      double sum = 0;
      for (const double cycles : simulate::slice_cycles(design.netlist.kernels[k], *image[k], slices)) {
        EXPECT_GE(cycles, 0) << design.netlist.kernels[k].name;
        sum += cycles;
      }
      const auto all = static_cast<double>(simulate::busy_cycles(*image[k]));
      EXPECT_NEAR(sum, all, 1e-6 * all) << design.netlist.kernels[k].name;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, Estimates, ::testing::Range(1, 31));

// A layer whose upper half is dense before one whose lower half is: a short stream cannot hold half an image of work.
TEST(Estimate, grows_when_streams_are_too_short_for_what_alternates) {
  Random random(8);
  NetworkMaker make(random, {16, 16, 4});
  make.conv(4, {}, make.conv(4, {}, kNetworkInput));
  Design design{make.finish(3), {}};
  design.netlist = build_netlist(design.network, {{KernelKind::conv_activation_sparse},
                                                  {KernelKind::conv_activation_sparse},
                                                  {KernelKind::conv_dense},
                                                  {KernelKind::conv_dense}})
                       .value();
  std::vector<std::size_t> engines;
  for (std::size_t k = 0; k < design.netlist.kernels.size(); ++k)
    if (is_sparse(design.netlist.kernels[k].kind)) engines.push_back(k);
  ASSERT_EQ(engines.size(), 2u);
  ImageSlices image(design.netlist.kernels.size(), std::vector<double>(64, 1.0));
  for (std::size_t s = 0; s < 64; ++s) image[engines[0]][s] = s < 32 ? 30 : 10, image[engines[1]][s] = s < 32 ? 10 : 30;
  const std::vector<ImageSlices> images(4, image);
  const auto with_depth = [&](int depth) {
    for (Stream& s : design.netlist.streams) s.depth = depth;
    return estimate_interval(design.netlist, images).cycles;
  };
  EXPECT_DOUBLE_EQ(with_depth(4), 64 * 30) << "one works after the other";
  EXPECT_DOUBLE_EQ(with_depth(100000), 32 * 30 + 32 * 10) << "both work all the time";
}

// A line buffer with a stride sends in every other row only, and the engine after it works in the kSame3x3 ones.
TEST(Estimate, does_not_take_a_line_buffer_and_its_engine_for_rivals) {
  Random random(10);
  NetworkMaker make(random, {32, 32, 3});
  make.conv(32, {3, 3, 2, 2, 1, 1, 1, 1}, make.conv(16, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput));
  Design design{make.finish(3), {}};
  design.netlist = build_netlist(design.network).value();
  const ImagePrograms image = simulate::Scheduler(design.netlist).programs({});
  simulate::Simulation simulation(design.netlist, 4);
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(simulation.pass(image));
  const double simulated = simulation.report().interval_cycles;
  EXPECT_NEAR(estimate_interval(design.netlist, {slices_of(design.netlist, image)}).cycles, simulated,
              0.05 * simulated);
}

TEST(StreamDepths, keep_the_rate_of_every_row_and_say_why) {
  Random random(9);
  NetworkMaker make(random, {12, 12, 3});
  make.conv(16, kSame3x3, make.conv(16, kSame3x3, make.conv(16, kSame3x3, kNetworkInput)));
  Design design{make.finish(3), {}};
  design.netlist = build_netlist(design.network, {{KernelKind::conv_dense},
                                                  {KernelKind::conv_pair_sparse},
                                                  {KernelKind::conv_activation_sparse},
                                                  {KernelKind::conv_dense},
                                                  {KernelKind::conv_dense}})
                       .value();
  std::vector<RowSample> pictures(4);
  std::vector<std::vector<std::int16_t>> codes;
  for (RowSample& p : pictures) codes.push_back(p.codes = random_codes(random, design.network));
  const DesignTable rows = quantile_rows(design, codes, {{0, 0}, {0.3, 0.2}, {0.6, 0.5}});
  const Netlist planned = design.netlist;
  ASSERT_TRUE(size_streams(design, rows, pictures, 0.01));
  bool has_changed = false;
  for (std::size_t s = 0; s < planned.streams.size(); ++s) {
    has_changed |= design.netlist.streams[s].depth != planned.streams[s].depth;
    EXPECT_NE(design.netlist.streams[s].why.find(planned.streams[s].why), std::string::npos);
  }
  EXPECT_TRUE(has_changed);
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  for (std::size_t r = 0; r < rows.rows.size(); ++r) {
    const auto thresholds = rows.thresholds(design.network, design.netlist, r);
    const Evaluator evaluator(design.network, thresholds);
    const auto interval = [&](const Netlist& netlist) {
      simulate::Simulation simulation(netlist, 2);
      for (int i = 0; i < 6; ++i) {
        const auto work =
            CounterModel(design, thresholds).work(evaluator, evaluator.evaluate(pictures[std::size_t(i) % 4].codes));
        EXPECT_TRUE(simulation.pass(scheduler.programs(work)));
      }
      return simulation.report().interval_cycles;
    };
    Netlist deep = design.netlist;
    for (Stream& s : deep.streams) s.depth = 4096;
    EXPECT_LE(interval(design.netlist), 1.0101 * interval(deep)) << "row " << r;
  }
}

}  // namespace
}  // namespace sluice::test
