// SPDX-License-Identifier: Apache-2.0
// Dense MobileNetV3 beyond the roofline of published designs: the cycle simulator agrees with the model where no stream
// is short, and the planned streams keep the design well beyond the published rate. Streams of the right depth:
// tests/perf/rooflines.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/known_shapes.hpp"
#include "tests/support/roofline_design.hpp"

namespace sluice::test {
namespace {

struct Beyond {
  const char* name;
  IntegerNetwork (*make)(Random&, int);
  int pixels;              // side by side
  double target_interval;  // 0: as fast as the multipliers allow
  double least_rate;
};

void PrintTo(const Beyond& beyond, std::ostream* out) { *out << beyond.name << " of " << beyond.pixels << " pixels"; }

class Roofline : public ::testing::TestWithParam<Beyond> {};

TEST_P(Roofline, is_beaten_as_built) {
  const Beyond& beyond = GetParam();
  Random random(1);
  auto design = roofline_design(beyond.make(random, 224), beyond.pixels, beyond.target_interval);
  ASSERT_TRUE(design) << design.error().text();
  EXPECT_LE(design->netlist.kernels.size(), 240u);
  const bsp::MultiplierBudget u250 = bsp::find_budget("u250").value();
  EXPECT_LE(design->resources.total.multipliers, u250.multipliers);
  const double clock = u250.clock_mhz * 1e6;

  auto planned = simulated(design->netlist);
  ASSERT_TRUE(planned) << planned.error().text();
  EXPECT_GT(clock / planned->interval_cycles, 1.6 * kPublishedRooflineRate);
  for (Stream& stream : design->netlist.streams) stream.depth = int(2 * stream.beats + 64);
  auto deep = simulated(design->netlist);
  ASSERT_TRUE(deep) << deep.error().text();
  EXPECT_NEAR(deep->interval_cycles, design->exploration.interval_cycles, 0.001 * deep->interval_cycles);
  EXPECT_GE(clock / deep->interval_cycles, beyond.least_rate);
  fmt::print(
      "{}, {} pixels a cycle: {} kernels, {:.0f} multipliers, estimated {:.0f} cycles; simulated {:.0f} with the "
      "planned streams, {:.0f} with deep ones\n",
      beyond.name, beyond.pixels, design->netlist.kernels.size(), design->resources.total.multipliers,
      design->exploration.interval_cycles, planned->interval_cycles, deep->interval_cycles);
}

INSTANTIATE_TEST_SUITE_P(networks, Roofline,
                         ::testing::Values(Beyond{"MobileNetV3-Large", mobilenet_v3_large, 2, 25252, 9900},
                                           Beyond{"MobileNetV3-Small", mobilenet_v3_small, 2, 25252, 9900},
                                           Beyond{"MobileNetV3-Large", mobilenet_v3_large, 4, 0, 10500},
                                           Beyond{"MobileNetV3-Small", mobilenet_v3_small, 4, 12700, 19600}),
                         [](const auto& info) {
                           return fmt::format("{}_{}_pixels", std::string(info.param.name).substr(12),
                                              info.param.pixels);
                         });

}  // namespace
}  // namespace sluice::test
