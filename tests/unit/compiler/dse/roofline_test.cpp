// SPDX-License-Identifier: Apache-2.0
// Dense MobileNetV3 beyond the roofline of published designs: estimated by the model, then simulated as built.
//
// Published: 4,895 images/s at 250 MHz, one padded pixel a cycle into the stem, for Large and Small alike (HASS). Here padding
// costs no cycle and two or four pixels enter side by side.
#include <gtest/gtest.h>

#include "compiler/dse/network_design.hpp"
#include "runtime/simulate/schedule.hpp"
#include "runtime/simulate/simulation.hpp"
#include "tests/support/known_shapes.hpp"

namespace sluice::test {
namespace {

constexpr double kPublishedRate = 250e6 / (226.0 * 226.0);

struct Beyond {
  const char* name;
  IntegerNetwork (*make)(Random&, int);
  int pixels;              // side by side
  double target_interval;  // of the model: fewest multipliers; 0: as fast as they allow
  double least_rate;       // simulated
};

class Roofline : public ::testing::TestWithParam<Beyond> {};

TEST_P(Roofline, is_beaten_as_built) {
  const Beyond& beyond = GetParam();
  Random random(1);
  const IntegerNetwork network = beyond.make(random, 224);
  const bsp::Budget u250 = bsp::find_budget("u250").value();
  const ResourceModel model(known_coefficients().value(), bsp::find_board("ia840f").value().device);
  auto specs = layer_specs(network, {Engine::dense});
  std::int64_t macs = 0;
  for (const LayerSpec& spec : specs) macs += spec.work.macs();
  std::vector<LayerMenu> menus = network_menus(network, model, {Engine::dense});
  std::erase_if(menus[0].ways, [&](const LayerWay& way) { return way.shape.pixels != beyond.pixels; });
  Resources budget;
  budget.multipliers = double(u250.multipliers), budget.kernels = 240;
  ExploreGoal goal;
  goal.target_interval = beyond.target_interval;
  auto design = design_network(network, menus, std::vector<LayerDensity>(menus.size()), model, budget, goal);
  ASSERT_TRUE(design) << design.error().text();
  EXPECT_LE(design->netlist.kernels.size(), 240u);
  EXPECT_LE(design->resources.total.multipliers, u250.multipliers);

  auto scheduler = simulate::Scheduler::make(design->netlist);
  ASSERT_TRUE(scheduler) << scheduler.error().text();
  simulate::Simulation simulation(design->netlist, 8);
  const auto programs = scheduler->programs({});  // dense engines do the same for every picture
  for (int image = 0; image < 12; ++image) ASSERT_TRUE(simulation.pass(programs));
  const simulate::SimulationReport seen = simulation.report();
  const double rate = u250.clock_mhz * 1e6 / seen.interval_cycles;
  const double multipliers = design->resources.total.multipliers;
  fmt::print("{}, {} pixels a cycle: {} kernels, {:.0f} multipliers; estimated {:.0f} cycles; simulated {:.0f} cycles, {:.0f} images/s at {:.0f} MHz, EMM {:.2f}; {} is busy for {:.0f}\n",
             beyond.name, beyond.pixels, design->netlist.kernels.size(), multipliers, design->exploration.interval_cycles, seen.interval_cycles, rate,
             u250.clock_mhz, double(macs) / seen.interval_cycles / multipliers, seen.kernels[seen.bottleneck].name, seen.bottleneck_cycles);
  EXPECT_GE(rate, beyond.least_rate);
  EXPECT_GT(rate, kPublishedRate);
}

INSTANTIATE_TEST_SUITE_P(networks, Roofline,
                         ::testing::Values(Beyond{"MobileNetV3-Large", mobilenet_v3_large, 2, 25252, 9900}, Beyond{"MobileNetV3-Small", mobilenet_v3_small, 2, 25252, 9900},
                                           Beyond{"MobileNetV3-Large", mobilenet_v3_large, 4, 0, 10500}, Beyond{"MobileNetV3-Small", mobilenet_v3_small, 4, 18830, 13000}),
                         [](const auto& info) { return fmt::format("{}_{}_pixels", std::string(info.param.name).substr(12), info.param.pixels); });

}  // namespace
}  // namespace sluice::test
