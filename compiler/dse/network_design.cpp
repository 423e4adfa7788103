// SPDX-License-Identifier: Apache-2.0
// See network_design.hpp.
#include "compiler/dse/network_design.hpp"

#include <algorithm>
#include <functional>
#include <set>

#include "compiler/dse/align_lanes.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/pipeline/layer_kernels.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

constexpr int kRounds = 12;
constexpr double kHopeless = 1.02;

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

// A resource that is short by a little would stay so for many rounds: of each that is short, half a percent of the budget at least.
Resources with_least_step(Resources step, const Resources& budget) {
  for (const auto part : {&Resources::alms, &Resources::m20k, &Resources::dsp_blocks, &Resources::multipliers, &Resources::kernels}) {
    if (step.*part > 0) step.*part = std::max(step.*part, 0.005 * budget.*part);
  }
  return step;
}

std::string shares_text(const Resources& used, const Resources& budget) {
  std::string text;
  const Shares shares = shares_of(used, budget);
  for (std::size_t r = 0; r < shares.size(); ++r) {
    if (shares[r] > 1) text += fmt::format("{}{:.2f} times the {}", text.empty() ? "" : " and ", shares[r], kLimitNames[r]);
  }
  return text;
}

bool is_within(const Resources& used, const Resources& budget) {
  for (const double share : shares_of(used, budget)) if (share > 1) return false;
  return true;
}

}  // namespace

namespace {

Result<NetworkDesign> design_from(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities,
                                     const ResourceModel& model, const Resources& budget, const DesignGoal& design_goal) {
  ExploreGoal goal;
  goal.target_interval = design_goal.target_interval;
  const auto needed_for = [&](double bytes) { return design_goal.memory_bytes_per_cycle > 0 ? bytes / design_goal.memory_bytes_per_cycle : 0; };
  goal.least_interval = needed_for(memory_bytes_per_image(network));
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
    align_lanes(network, menus, densities, model, budget, goal, std::max(goal.target_interval, design.exploration.interval_cycles), design.exploration);
    design.configs = configs_of(network, design.exploration);
    // Depths are left out where there are too many kernels to build: they cost none.
    const Netlist unsized = layer_kernels(network, design.configs);
    const bool has_too_many = budget.kernels > 0 && double(unsized.kernels.size()) > budget.kernels;
    design.netlist = has_too_many ? unsized : SLUICE_TRY(build_netlist(network, design.configs));
    design.resources = netlist_resources(network, design.netlist, model);
    // Records of counters, which the choice of engines adds.
    const double moved = needed_for(memory_bytes_per_image(design.netlist));
    if (moved > design.exploration.interval_cycles) design.exploration.interval_cycles = moved, design.exploration.slowest = -1;
    if (!has_too_many && is_within(design.resources.total, budget)) return design;
    enough = goal.fixed;
    refusal = user_error("no design fits: the smallest one built needs {} of the budget", shares_text(design.resources.total, budget));
    if (round == 0) goal.fixed = less(design.resources.total, design.exploration.total);
    else goal.fixed += with_least_step(over(design.resources.total, budget) * (1 + 0.1 * round), budget);
  }
  return refusal;
}

// The menus with one engine for all convolutions that can have it; the others are dense.
std::vector<LayerMenu> of_one_kind(std::vector<LayerMenu> menus, KernelKind kind) {
  for (LayerMenu& menu : menus) {
    for (const KernelKind wanted : {kind, KernelKind::conv_dense}) {
      const auto is_it = [&](const LayerWay& way) { return way.shape.kind == wanted; };
      if (std::none_of(menu.ways.begin(), menu.ways.end(), is_it)) continue;
      std::erase_if(menu.ways, std::not_fn(is_it));
      break;
    }
  }
  return menus;
}

}  // namespace

Result<NetworkDesign> design_network(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities,
                                     const ResourceModel& model, const Resources& budget, const DesignGoal& goal) {
  Result<NetworkDesign> best = design_from(network, menus, densities, model, budget, goal);
  if (goal.target_interval > 0) return best;
  std::set<KernelKind> kinds;
  for (const LayerMenu& menu : menus) {
    for (const LayerWay& way : menu.ways) if (menu.spec.work.kind == LayerKind::conv && !menu.spec.is_first) kinds.insert(way.shape.kind);
  }
  if (kinds.size() < 2) return best;
  for (const KernelKind kind : kinds) {
    const std::vector<LayerMenu> single = of_one_kind(menus, kind);
    // What neighbours need comes on top: hardly a design is faster than the exploration without it.
    const auto hope = explore(single, densities, budget);
    if (!hope || (best && hope.value().interval_cycles >= kHopeless * best->exploration.interval_cycles)) continue;
    Result<NetworkDesign> other = design_from(network, single, densities, model, budget, goal);
    if (other && (!best || other->exploration.interval_cycles < best->exploration.interval_cycles)) best = std::move(other);
  }
  return best;
}

}  // namespace sluice
