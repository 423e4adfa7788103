// SPDX-License-Identifier: Apache-2.0
// A dense design within the U250's multipliers whose stem takes several pixels a cycle, to compare with published
// rooflines.
//
// Published: 4,895 images/s at 250 MHz, one padded pixel a cycle into the stem, for MobileNetV3-Large and -Small alike
// (HASS). Here padding costs no cycle.
#pragma once

#include "compiler/dse/network_design.hpp"
#include "runtime/simulate/schedule.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice::test {

inline constexpr double kPublishedRooflineRate = 250e6 / (226.0 * 226.0);

// `target_interval` 0: as fast as the multipliers allow; else the fewest multipliers.
inline DesignResult<NetworkDesign> roofline_design(const IntegerNetwork& network, int stem_pixels,
                                                   double target_interval) {
  const bsp::Board board = SLUICE_TRY(bsp::find_board("ia840f"));
  const bsp::MultiplierBudget multipliers = SLUICE_TRY(bsp::find_budget("u250"));
  const Coefficients coefficients = SLUICE_TRY(known_coefficients());
  const ResourceModel model(coefficients, board.device);
  std::vector<LayerMenu> menus = network_menus(network, model, {KernelKind::conv_dense});
  std::erase_if(menus[0].ways, [&](const LayerWay& way) { return way.shape.pixels != stem_pixels; });
  Resources budget;
  budget.multipliers = double(multipliers.multipliers), budget.kernels = budget_of(board).kernels;
  DesignGoal goal;
  goal.target_interval = target_interval;
  return design_network(network, menus, std::vector<LayerDensity>(menus.size()), model, budget, goal);
}

// In the steady state; dense engines do the same for every picture.
inline Result<simulate::SimulationReport> simulated(const Netlist& netlist) {
  const auto programs = simulate::Scheduler(netlist).programs({});
  simulate::Simulation simulation(netlist, 8);
  for (int image = 0; image < 12; ++image) SLUICE_CHECK(simulation.pass(programs));
  return simulation.report();
}

}  // namespace sluice::test
