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
  for (double* part : {&r.alms, &r.m20k, &r.dsp_blocks, &r.multipliers, &r.kernels, &r.registers, &r.mlab, &r.loss})
    *part = std::max(0.0, *part);
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
  for (const auto part : {&Resources::multipliers, &Resources::kernels, &Resources::mlab, &Resources::loss}) {
    if (budget.*part == 0) difference.*part = 0;
  }
  return difference;
}

// A resource that is short by a little would stay so for many rounds: of each that is short, half a percent of the
// budget at least.
Resources with_least_step(Resources step, const Resources& budget) {
  for (const Limit& limit : kLimitTable) {
    if (step.*limit.part > 0) step.*limit.part = std::max(step.*limit.part, 0.005 * budget.*limit.part);
  }
  return step;
}

// `first`: what the exploration finds for this goal.
DesignResult<NetworkDesign> design_from(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                        const std::vector<LayerLevels>& levels, const ResourceModel& model,
                                        const Resources& budget, ExploreGoal goal, double memory_bytes_per_cycle,
                                        bool keeps_budget, const Exploration& first) {
  DesignResult<Exploration> explored = first;
  Resources enough;  // set aside by the last round that found a design
  NoDesign refusal;
  for (int round = 0; round < kRounds; ++round) {
    if (round > 0) explored = explore(menus, levels, budget, goal);
    if (!explored) {
      if (!explored.no_design()) return explored.error();
      // What was set aside may be of a larger design than the one that fits: half of the way back.
      refusal = *explored.no_design();
      goal.fixed = half_way(enough, goal.fixed);
      continue;
    }
    NetworkDesign design;
    design.exploration = std::move(explored).value();
    align_lanes(network, menus, levels, model, budget, goal,
                std::max(goal.target_interval, design.exploration.interval_cycles), keeps_budget, design.exploration);
    design.configs = configs_of(network, design.exploration);
    // Depths are left out where there are too many kernels to build: they cost none.
    const Netlist unsized = layer_kernels(network, design.configs);
    const bool has_too_many = budget.kernels > 0 && double(unsized.kernels.size()) > budget.kernels;
    if (has_too_many)
      design.netlist = unsized;
    else
      design.netlist = SLUICE_TRY(build_netlist(network, design.configs));
    design.resources = netlist_resources(network, design.netlist, model);
    // Records of counters, which the choice of engines adds.
    const double moved = memory_cycles(memory_bytes_per_image(design.netlist), memory_bytes_per_cycle);
    if (goal.target_interval > 0 && moved > goal.target_interval) return memory_too_slow(moved, goal.target_interval);
    if (moved > design.exploration.interval_cycles)
      design.exploration.interval_cycles = moved, design.exploration.slowest = -1;
    const std::vector<ResourceUse> uses = uses_of(design.resources.total, budget);
    if (!has_too_many && fits(uses)) return design;
    enough = goal.fixed;
    refusal = no_design(uses, "built");
    if (round == 0)
      goal.fixed = less(design.resources.total, design.exploration.total);
    else
      goal.fixed += with_least_step(over(design.resources.total, budget) * (1 + 0.1 * round), budget);
  }
  return refusal;
}

// Lanes that keep the budget while they are aligned serve where several resources are short, others where one is: the
// faster design of both.
DesignResult<NetworkDesign> best_from(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                      const std::vector<LayerLevels>& levels, const ResourceModel& model,
                                      const Resources& budget, const DesignGoal& goal) {
  const ExploreGoal explore_goal{
      .target_interval = goal.target_interval,
      .least_interval = memory_cycles(memory_bytes_per_image(network), goal.memory_bytes_per_cycle),
      .natural_share = goal.natural_share};
  auto explored = explore(menus, levels, budget, explore_goal);
  if (explored.no_design()) return *explored.no_design();
  const Exploration first = SLUICE_TRY(std::move(explored));
  const auto built = [&](bool keeps_budget) {
    return design_from(network, menus, levels, model, budget, explore_goal, goal.memory_bytes_per_cycle, keeps_budget,
                       first);
  };
  DesignResult<NetworkDesign> best = built(true);
  if (!best && !best.no_design()) return best;
  DesignResult<NetworkDesign> other = built(false);
  if (!other && !other.no_design()) return other;
  const auto fuller = [&](const NetworkDesign& design) {
    return std::make_pair(design.exploration.interval_cycles, fullest(shares_of(design.resources.total, budget)));
  };
  if (!best) return other;
  if (!other) return best;
  if (goal.target_interval > 0)
    return fuller(*other).second < fuller(*best).second ? std::move(other) : std::move(best);
  return fuller(*other) < fuller(*best) ? std::move(other) : std::move(best);
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

DesignResult<NetworkDesign> design_network(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                           const std::vector<LayerLevels>& levels, const ResourceModel& model,
                                           const Resources& budget, const DesignGoal& goal) {
  DesignResult<NetworkDesign> best = best_from(network, menus, levels, model, budget, goal);
  if (goal.target_interval > 0 || (!best && !best.no_design())) return best;
  std::set<KernelKind> kinds;
  for (const LayerMenu& menu : menus) {
    for (const LayerWay& way : menu.ways)
      if (menu.spec.work.kind == LayerKind::conv && !menu.spec.is_first) kinds.insert(way.shape.kind);
  }
  if (kinds.size() < 2) return best;
  for (const KernelKind kind : kinds) {
    const std::vector<LayerMenu> single = of_one_kind(menus, kind);
    // What neighbours need comes on top: hardly a design is faster than the exploration without it.
    const auto hope = explore(single, levels, budget, {.natural_share = goal.natural_share});
    if (!hope && !hope.no_design()) return hope.error();
    if (!hope || (best && hope.value().interval_cycles >= kHopeless * best->exploration.interval_cycles)) continue;
    DesignResult<NetworkDesign> other = best_from(network, single, levels, model, budget, goal);
    if (!other && !other.no_design()) return other;
    if (other && (!best || other->exploration.interval_cycles < best->exploration.interval_cycles))
      best = std::move(other);
  }
  return best;
}

}  // namespace sluice
