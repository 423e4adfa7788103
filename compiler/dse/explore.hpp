// SPDX-License-Identifier: Apache-2.0
// Explores designs: one way for every layer, as fast as the board allows, or as small as a rate allows.
//
// Why: all layers work at once, so a cycle saved in any but the slowest is worth nothing and costs ALMs. The idea: for an
// interval I, each layer takes the cheapest way that is not slower than I; the design's cost is the sum. So growing the
// slowest layer first, balancing rates and trimming the rest (hass.md section 10) are one step, and the smallest I that
// fits is found by bisection over the ways' own cycles.
//
// "Cheapest" needs one price for several resources: price = sum of weight * share of the budget. The weights follow the
// shares (Lagrange): what is fullest at the best interval found becomes dearer in the next round. For given weights the
// choice is optimal; over the rounds the best design that fits is kept, and among equally fast ones the emptiest.
//
// Before: menus (layer_menu.hpp), one density for each; a budget. After: a design that keeps the budget, or an error that
// says what is short in the smallest one. Same input, same design.
#pragma once

#include <array>
#include <vector>

#include "bsp/board.hpp"
#include "compiler/dse/layer_menu.hpp"

namespace sluice {

// What designs are kept within: ALMs, RAM blocks, DSP blocks (MLABs are ALMs), multipliers, kernels.
inline constexpr int kBudgeted = 5;
extern const char* const kBudgetedNames[kBudgeted];
using Shares = std::array<double, kBudgeted>;

// Shares of a budget. A budget of 0 multipliers or kernels stands for no limit.
Shares shares_of(const Resources& used, const Resources& budget);

// A way of a menu with a number of copies, its cycles known.
struct TimedWay {
  double cycles = 0;
  int way = 0, copies = 1;
};

// All that are worth having (no copy that brings nothing) and keep the budget, in the order of their cycles.
std::vector<TimedWay> timed_ways(const LayerMenu& menu, const LayerDensity& density, const Resources& budget);

struct ExploreGoal {
  double target_interval = 0;  // 0: as fast as the budget allows; else fewest resources at this many cycles an image
  Resources fixed;             // kernels beside the layers: source, sink, collector, forks
};

struct ChosenLayer {
  EngineShape shape;  // with its copies, without memories
  double cycles = 0;  // interval of the layer
  Resources cost;
};

struct Exploration {
  std::vector<ChosenLayer> layers;
  double interval_cycles = 0;
  Resources total;      // with goal.fixed
  int slowest = -1;     // index of a layer that sets the interval
  Shares weights{};     // prices that it was chosen by: price = sum of weight * share
};

// What of a board a plan may use, and the kernels of a bundle.
Resources budget_of(const bsp::Board& board);

Result<Exploration> explore(const std::vector<LayerMenu>& menus, const std::vector<LayerDensity>& densities, const Resources& budget,
                            const ExploreGoal& goal = {});

}  // namespace sluice
