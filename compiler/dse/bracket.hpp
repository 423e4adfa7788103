// SPDX-License-Identifier: Apache-2.0
// Bracket: between which intervals the fastest design within a budget lies, and prices that suit it; cheaply, and
// proven.
//
// Why: collecting a front costs as much as all that is done with it. Most of a front lies far from the interval that is
// looked for. The idea: cycles in classes, sixteen an octave, and in each the cheapest candidate, which one walk of a
// layer finds. A design of cheapest candidates that fits bounds the interval from above. From below weak duality does:
// where even the cheapest candidates cost more than the whole budget at its prices, nothing fits, for prices are a
// relaxation. Better prices narrow the gap, so it is done a few times (the update is the one of explore.cpp).
//
// Before: one table a layer; shares already taken. After: low <= interval of any design that fits; a design with at
// most `high` fits, unless none was found: then high is infinite.
#pragma once

#include <vector>

#include "compiler/dse/candidates.hpp"

namespace sluice {

struct Bracket {
  double low = 0, high = 0;
  Shares weights{};
};

// `weights`: prices to begin with, 0 where there is no limit.
Bracket bracket(const std::vector<LayerTable>& layers, const Shares& taken, const Shares& weights);

// Prices for the next round: what is fullest becomes dearer; the steps shrink so that the weights settle.
void update_prices(const Shares& full, int round, Shares* weights);

}  // namespace sluice
