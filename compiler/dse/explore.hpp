// SPDX-License-Identifier: Apache-2.0
// Explores designs: one way for every layer, as fast as the board allows, or as small as a rate allows.
//
// Why: all layers work at once, so a cycle saved in any but the slowest is worth nothing and costs ALMs. The idea: for
// an interval I, each layer takes the cheapest way that is not slower than I; the design's cost is the sum. So growing
// the slowest layer first, balancing rates and trimming the rest (as in fpgaConvNet's and SAMO's optimisers) are one
// step, and the smallest I that fits is found by bisection over the ways' own cycles.
//
// "Cheapest" needs one price for several resources: price = sum of weight * share of the budget. The weights follow the
// shares (Lagrange): what is fullest at the best interval found becomes dearer in the next round. For given weights the
// choice is optimal; over the rounds the best design that fits is kept, and among equally fast ones the emptiest. A
// weighted sum finds only designs on the convex hull. Afterwards we take slightly too large faster designs and swap
// single layers until they fit.
//
// With several levels of thresholds a layer, each layer takes one with its way, and what they lose shares the budget's
// loss. The interval is then that of the row with these thresholds, and the densest row is at most so much slower
// (ExploreGoal::natural_share).
//
// Before: menus (layer_menu.hpp), one density or the levels of each (threshold_levels.hpp); a budget, in which 0 stands
// for no limit, but for the loss, where it allows none. After: a design that keeps the budget, or NoDesign with what is
// short in the smallest one. Same input, same design.
#pragma once

#include <vector>

#include "compiler/dse/candidates.hpp"
#include "compiler/target/no_design.hpp"

namespace sluice {

struct ExploreGoal {
  double target_interval = 0;  // 0: as fast as the budget allows; else fewest resources at this many cycles an image
  Resources fixed;             // kernels outside the layers: source, sink, collector, forks
  double least_interval = 0;   // what memory allows; no way is worth more
  double natural_share = 1;    // the densest row takes at most the interval over this
};

struct ChosenLayer {
  EngineShape shape;  // with its copies, without memories
  double cycles = 0;  // interval of the layer, as candidates.hpp counts
  int level = 0;      // of its thresholds
  Resources cost;
};

struct Exploration {
  std::vector<ChosenLayer> layers;
  double interval_cycles = 0;
  Resources total;   // with goal.fixed
  int slowest = -1;  // index of a layer that sets the interval; -1: memory does
  Shares weights{};  // prices that it was chosen by: price = sum of weight * share
};

DesignResult<Exploration> explore(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
                                  const Resources& budget, const ExploreGoal& goal = {});

inline DesignResult<Exploration> explore(const std::vector<LayerMenu>& menus,
                                         const std::vector<LayerDensity>& densities, const Resources& budget,
                                         const ExploreGoal& goal = {}) {
  return explore(menus, without_thresholds(densities), budget, goal);
}

}  // namespace sluice
