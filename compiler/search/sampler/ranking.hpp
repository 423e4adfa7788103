// SPDX-License-Identifier: Apache-2.0
// Ranking: which trials are better than which, for one or several objectives, with constraints.
//
// Why: the sampler's good set, the best trial so far and the rows of a front must follow one rule. The rule: a feasible
// trial is better than an infeasible one; infeasible ones go by their total violation; feasible ones by their rank of
// non-domination (Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", 2002, section III A);
// within the rank that is cut, those stay that cover the largest hypervolume together, found greedily (Guerreiro,
// Fonseca, Paquete, "Greedy hypervolume subset selection in low dimensions", 2016). With one objective its order; of
// equals, which are common where the slowest layer sets a rate, the one with more room under its constraints, then the
// earlier.
//
// Before: trials of one space. After: indices of trials, each at most once.
#pragma once

#include <span>
#include <vector>

#include "compiler/search/sampler/trial.hpp"

namespace sluice::search {

// Rank of each point, 0 for those that no other dominates. All objectives are to be small.
std::vector<std::size_t> domination_ranks(const std::vector<std::vector<double>>& objectives);

// The `count` best trials, in trial order.
std::vector<std::size_t> best_trials(std::span<const Trial> trials, std::size_t count);

// The feasible trials that no feasible trial dominates, without doubles, by the first objective; with one objective the
// best trial. Where none is feasible, the one with the least violation; none of no trials.
std::vector<std::size_t> front(std::span<const Trial> trials);

}  // namespace sluice::search
