// SPDX-License-Identifier: Apache-2.0
// design_network: the design that the exploration chooses for a network, built.
//
// Why a loop: a menu costs each layer alone. What neighbours need between them (width kernels, forks, depths of joins)
// and source, sink and collector are known when the netlist stands. So: explore, build, cost what is built; the
// difference is set aside (ExploreGoal::fixed), and again until what is built keeps the budget.
//
// Greedy steps may end with a slower design than one engine for all gives. So each of those that could be faster is
// tried as well: the answer is never slower than any of them.
//
// Before: menus, and densities or levels, of this network. After: configs, the netlist from them, what it costs, within
// the budget and the kernels of a bundle; or NoDesign with what is short.
#pragma once

#include "compiler/dse/netlist_resources.hpp"
#include "compiler/dse/network_menus.hpp"

namespace sluice {

struct DesignGoal {
  double target_interval = 0;         // as ExploreGoal::target_interval
  double memory_bytes_per_cycle = 0;  // of the board (model/memory_traffic.hpp); 0: no limit
  double natural_share = 1;           // as ExploreGoal::natural_share
};

struct NetworkDesign {
  LayerConfigs configs;
  Netlist netlist;
  Exploration exploration;
  NetlistResources resources;
};

DesignResult<NetworkDesign> design_network(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                           const std::vector<LayerLevels>& levels, const ResourceModel& model,
                                           const Resources& budget, const DesignGoal& goal = {});

inline DesignResult<NetworkDesign> design_network(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                  const std::vector<LayerDensity>& densities,
                                                  const ResourceModel& model, const Resources& budget,
                                                  const DesignGoal& goal = {}) {
  return design_network(network, menus, without_thresholds(densities), model, budget, goal);
}

}  // namespace sluice
