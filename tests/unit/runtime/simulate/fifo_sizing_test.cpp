// SPDX-License-Identifier: Apache-2.0
// Depths from simulation keep the rate, are near the smallest that do, and obey a budget.
#include "runtime/simulate/fifo_sizing.hpp"

#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/simulate/simulation.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::simulate {
namespace {

using test::NetworkMaker;
using test::Random;

// A residual block of two sparse 3x3 convolutions after a stem.
struct Residual {
  Random random{3};
  Design design;
  std::vector<ImagePrograms> images;

  Residual() {
    NetworkMaker make(random, {10, 40, 3});
    const int stem = make.conv(16, test::kSame3x3, kNetworkInput);
    make.add(make.conv(16, test::kSame3x3, make.conv(16, test::kSame3x3, stem)), stem);
    design.network = make.finish(3);
    design.netlist = build_netlist(design.network, {{KernelKind::conv_dense},
                                                    {KernelKind::conv_activation_sparse},
                                                    {KernelKind::conv_pair_sparse},
                                                    {KernelKind::conv_dense},
                                                    {KernelKind::conv_dense},
                                                    {KernelKind::conv_dense}})
                         .value();
    const Scheduler scheduler = Scheduler(design.netlist);
    const Evaluator evaluator(design.network);
    for (int i = 0; i < 3; ++i) {
      images.push_back(scheduler.programs(
          CounterModel(design, {}).work(evaluator, evaluator.evaluate(test::random_codes(random, design.network)))));
    }
  }

  // By the test::kSame3x3 images, but by another way than the sizing takes.
  double interval(const std::vector<int>& depths) const {
    Netlist netlist = design.netlist;
    for (std::size_t s = 0; s < depths.size(); ++s) netlist.streams[s].depth = depths[s];
    Simulation simulation(netlist, 2);
    for (std::size_t i = 0; i < 5; ++i) {
      const Status passed = simulation.pass(images[i % 3]);
      if (!passed) return -1;
    }
    return simulation.report().interval_cycles;
  }
};

TEST(FifoSizing, keeps_the_rate_with_less_than_the_planned_depths) {
  const Residual r;
  auto sizing = size_fifos_by_simulation(r.design.netlist, r.images, {.tolerance = 0.01});
  ASSERT_TRUE(sizing) << sizing.error().text();
  EXPECT_LE(sizing->interval_cycles, 1.01 * sizing->deep_interval_cycles);
  EXPECT_EQ(r.interval(sizing->depths), sizing->interval_cycles);
  std::int64_t planned = 0;
  for (const Stream& stream : r.design.netlist.streams) planned += m20k_blocks(stream, stream.depth);
  EXPECT_LT(sizing->m20k, planned);
}

TEST(FifoSizing, could_not_take_much_more_from_any_stream) {
  const Residual r;
  const auto sizing = size_fifos_by_simulation(r.design.netlist, r.images, {.tolerance = 0.01}).value();
  int lowered = 0;
  for (std::size_t s = 0; s < sizing.depths.size(); ++s) {
    const Stream& stream = r.design.netlist.streams[s];
    const std::int64_t blocks = m20k_blocks(stream, sizing.depths[s]);
    EXPECT_GT(m20k_blocks(stream, sizing.depths[s] + 1), blocks)
        << stream.name << " of " << sizing.depths[s] << ": more would be free";
    if (blocks == 0) continue;
    std::vector<int> less = sizing.depths;
    while (m20k_blocks(stream, less[s]) == blocks) --less[s];
    const double interval = r.interval(less);
    EXPECT_TRUE(interval < 0 || interval > 1.01 * sizing.deep_interval_cycles)
        << r.design.netlist.streams[s].name << " of " << sizing.depths[s];
    ++lowered;
  }
  EXPECT_GT(lowered, 0) << "the shortcut holds more than 32 beats";
}

TEST(FifoSizing, fits_a_budget_or_says_what_is_needed) {
  const Residual r;
  FifoSizingOptions options{.tolerance = 0.001};
  // A block a beat, so that the budget decides.
  options.blocks_of = [](const Stream&, std::int64_t depth) { return depth; };
  const auto free = size_fifos_by_simulation(r.design.netlist, r.images, options).value();
  options.m20k_budget = free.m20k - 1;
  auto less = size_fifos_by_simulation(r.design.netlist, r.images, options);
  ASSERT_TRUE(less) << less.error().text();
  EXPECT_LT(less->m20k, free.m20k);
  EXPECT_GT(less->tolerance, free.tolerance);
  options.m20k_budget = 10;
  const auto none = size_fifos_by_simulation(r.design.netlist, r.images, options);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fault(), Fault::user);
  EXPECT_THAT(none.error().text(), ::testing::HasSubstr("the budget is 10"));
}

TEST(FifoSizing, counts_blocks_of_the_best_shape) {
  const auto blocks = [](int bits, int lanes, std::int64_t depth) {
    return m20k_blocks({"s", bits, lanes, 1, 1, ""}, depth);
  };
  EXPECT_EQ(blocks(8, 16, 32), 0);
  EXPECT_EQ(blocks(8, 16, 33), 4) << "130 bits";
  EXPECT_EQ(blocks(8, 16, 513), 7) << "7 columns of 20 bits";
  EXPECT_EQ(blocks(8, 1, 512), 1) << "34 bits: room for a word";
  EXPECT_EQ(blocks(8, 1, 2048), 4);
}

}  // namespace
}  // namespace sluice::simulate
