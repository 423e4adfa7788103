// SPDX-License-Identifier: Apache-2.0
// Why a layer has the engine it has: the best way of every engine at the design's interval, and the next faster step.
//
// Why: "the planner chose" convinces nobody. Who knows what a faster layer costs knows which board to buy. The idea:
// the menu once more, engine by engine, at the interval and the prices that the exploration ended with.
//
// Before: a design of explore() for these menus and levels. After: one offer for every engine, the chosen one first.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/dse/explore.hpp"

namespace sluice {

enum class Verdict { chosen, dearer, too_slow, not_allowed };

const char* to_text(Verdict verdict);

struct EngineOffer {
  KernelKind kind = KernelKind::conv_dense;
  Verdict verdict = Verdict::not_allowed;
  std::string why;    // in a sentence
  EngineShape shape;  // of the best way; of the fastest where all are too slow
  double cycles = 0;  // 0: there is no way
  Resources cost;
};

struct LayerStory {
  std::vector<EngineOffer> offers;
  std::string requantisers;  // why the layer has as many as it has; empty outside convolutions and where O is 1
  std::optional<EngineOffer>
      faster;  // cheapest way that is faster than the chosen one; cost is what it takes beyond that
};

// "M=9 N=3 O=4 L=2 E=2": the numbers of a shape that its kind has.
std::string numbers_text(const EngineShape& shape);

// Ways lose as much as the layer's chosen one, or less. `natural_share`: as the design was explored with.
LayerStory explain_layer(const LayerMenu& menu, const LayerLevels& levels, const Exploration& design, std::size_t layer,
                         const Resources& budget, double natural_share = 1);

}  // namespace sluice
