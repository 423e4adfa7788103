// SPDX-License-Identifier: Apache-2.0
// pack: one candidate for every layer, none slower than an interval, all together within the budget.
//
// Why: bisecting on the interval under fixed prices finds the best design for those prices only; with six or seven
// resources at once few prices suit. For one interval the question is whether something fits at all, and prices can be
// learnt for it. The idea: multiplicative weights (Plotkin, Shmoys, Tardos, "Fast approximation algorithms for
// fractional packing and covering problems", 1995): each layer takes its cheapest candidate, what is overfull becomes
// dearer, what is not cheaper. Where the cheapest cost more than the whole budget, weak duality proves that nothing
// fits.
//
// Before: candidates of each layer in the order of their cycles. After: picks that fit, or those that were short by
// least; none where a layer has no candidate that fast.
#pragma once

#include <span>
#include <vector>

#include "compiler/dse/candidates.hpp"

namespace sluice {

struct Packing {
  std::vector<std::size_t> picks;
  Shares sum{};
  Shares weights{};        // prices that they were found under
  bool is_proven = false;  // nothing fits
};

// `taken`: shares that are gone already. `weights`: prices to begin with, 0 where there is no limit.
Packing pack(std::span<const std::span<const Candidate>> layers, double interval, const Shares& taken, Shares weights);

// Single exchanges, one for each layer at most, each of them the one that leaves least missing, until nothing is; false
// where that fails, and `picks` and `sum` are what was reached. `below`: candidates are faster than that.
bool exchange_until_it_fits(std::span<const std::span<const Candidate>> layers, double below,
                            std::vector<std::size_t>* picks, Shares* sum);

// Of a budget, sums being made in any order: what is full to the last block may be a rounding above 1.
inline constexpr double kFullShare = 1 + 1e-12;

// All shares above the whole.
double missing_shares(const Shares& sum);

}  // namespace sluice
