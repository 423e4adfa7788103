// SPDX-License-Identifier: Apache-2.0
// Lets neighbours agree on the lanes between them, where that is cheaper than a width kernel.
//
// Why: the exploration picks each layer's way alone, and most neighbours would then differ. Every difference is one or
// two width kernels, of some hundred ALMs and out of the 240 of a bundle. The idea: layer after layer, take the way of
// least price, differences with both neighbours included, among those that are not slower than the interval. A few
// sweeps follow, each of which can only lower the price (iterated conditional modes, Besag 1986).
//
// Before: a design of explore() for these menus and levels. After: its interval or a shorter one, its price with width
// kernels or a lower one; no layer loses more. With `keeps_budget` no resource is used beyond the budget that was not
// before; without, agreement may take what seems plentiful.
#pragma once

#include "compiler/dse/explore.hpp"
#include "compiler/model/engine_resources.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// `interval_cycles`: that no layer may exceed.
void align_lanes(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                 const std::vector<LayerLevels>& levels, const ResourceModel& model, const Resources& budget,
                 const ExploreGoal& goal, double interval_cycles, bool keeps_budget, Exploration& design);

}  // namespace sluice
