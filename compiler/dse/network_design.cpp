// SPDX-License-Identifier: Apache-2.0
// See network_design.hpp.
#include "compiler/dse/network_design.hpp"

#include <algorithm>

#include "compiler/dse/align_lanes.hpp"
#include "compiler/pipeline/layer_kernels.hpp"
#include "compiler/pipeline/netlist_builder.hpp"

namespace sluice {
namespace {

constexpr int kRounds = 12;

Resources positive(Resources r) {
  for (double* part : {&r.alms, &r.m20k, &r.dsp_blocks, &r.multipliers, &r.kernels, &r.registers, &r.mlab}) *part = std::max(0.0, *part);
  return r;
}

Resources less(const Resources& a, const Resources& b) {
  Resources difference = a;
  difference += b * -1;
  return positive(difference);
}

Resources half_way(const Resources& a, const Resources& b) {
  Resources sum = a;
  sum += b;
  return sum * 0.5;
}

// What breaks the budget.
Resources over(const Resources& used, const Resources& budget) {
  Resources difference = less(used, budget);
  if (budget.multipliers == 0) difference.multipliers = 0;
  if (budget.kernels == 0) difference.kernels = 0;
  return difference;
}

std::string shares_text(const Resources& used, const Resources& budget) {
  std::string text;
  const Shares shares = shares_of(used, budget);
  for (std::size_t r = 0; r < shares.size(); ++r) {
    if (shares[r] > 1) text += fmt::format("{}{:.2f} times the {}", text.empty() ? "" : " and ", shares[r], kBudgetedNames[r]);
  }
  return text;
}

bool is_within(const Resources& used, const Resources& budget) {
  for (const double share : shares_of(used, budget)) if (share > 1) return false;
  return true;
}

}  // namespace

Result<NetworkDesign> design_network(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities,
                                     const ResourceModel& model, const Resources& budget, ExploreGoal goal) {
  goal.fixed = {};
  Resources enough;  // set aside by the last round that found a design
  Error refusal = user_error("no design fits");
  for (int round = 0; round < kRounds; ++round) {
    auto explored = explore(menus, densities, budget, goal);
    if (!explored) {
      // What was set aside may be of a larger design than the one that fits: half of the way back.
      refusal = std::move(explored).error();
      if (round == 0) return refusal;
      goal.fixed = half_way(enough, goal.fixed);
      continue;
    }
    NetworkDesign design;
    design.exploration = std::move(explored).value();
    align_lanes(network, menus, densities, model, budget, goal.fixed, std::max(goal.target_interval, design.exploration.interval_cycles), design.exploration);
    design.configs = configs_of(network, design.exploration);
    // Depths are left out where there are too many kernels to build: they cost none.
    const Netlist unsized = layer_kernels(network, design.configs);
    const bool has_too_many = budget.kernels > 0 && double(unsized.kernels.size()) > budget.kernels;
    design.netlist = has_too_many ? unsized : SLUICE_TRY(build_netlist(network, design.configs));
    design.resources = netlist_resources(network, design.netlist, model);
    if (!has_too_many && is_within(design.resources.total, budget)) return design;
    enough = goal.fixed;
    refusal = user_error("no design fits: the smallest one built needs {} of the budget", shares_text(design.resources.total, budget));
    if (round == 0) goal.fixed = less(design.resources.total, design.exploration.total);
    else goal.fixed += over(design.resources.total, budget) * (1 + 0.1 * round);
  }
  return refusal;
}

}  // namespace sluice
