// SPDX-License-Identifier: Apache-2.0
// Ranks of non-domination, and the choice within the rank that is cut.
#include "compiler/search/sampler/ranking.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/search/sampler/hypervolume.hpp"

namespace sluice::search {
namespace {

using Values = std::vector<double>;

bool dominates(const Values& a, const Values& b) {
  bool is_less = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    is_less |= a[i] < b[i];
  }
  return is_less;
}

// For one objective, and for infeasible trials of several.
bool is_better(const Outcome& a, const Outcome& b) {
  const double violation_a = a.total_violation(), violation_b = b.total_violation();
  if (violation_a != violation_b) return violation_a < violation_b;
  if (violation_a > 0) return false;
  return std::pair(a.objectives[0], -a.room()) < std::pair(b.objectives[0], -b.room());
}

// Positions of the `count` best: whole ranks, and of the next one what covers most.
std::vector<std::size_t> best_ranks(const std::vector<Values>& objectives, std::size_t count) {
  const std::vector<std::size_t> ranks = domination_ranks(objectives);
  std::vector<std::size_t> chosen;
  for (std::size_t rank = 0; chosen.size() < count; ++rank) {
    std::vector<std::size_t> members;
    std::vector<Values> values;
    for (std::size_t i = 0; i < ranks.size(); ++i) {
      if (ranks[i] != rank) continue;
      members.push_back(i);
      values.push_back(objectives[i]);
    }
    const std::size_t room = count - chosen.size();
    if (members.size() <= room) {
      chosen.insert(chosen.end(), members.begin(), members.end());
    } else {
      for (const std::size_t i : covering_subset(values, room)) chosen.push_back(members[i]);
    }
  }
  return chosen;
}

}  // namespace

std::vector<std::size_t> domination_ranks(const std::vector<Values>& objectives) {
  const std::size_t count = objectives.size();
  std::vector<std::size_t> ranks(count, 0), order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  // In lexicographic order a point is dominated only by earlier ones; and its rank is one more than the largest rank
  // of those that dominate it.
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return objectives[a] < objectives[b]; });
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (ranks[order[j]] >= ranks[order[i]] && dominates(objectives[order[j]], objectives[order[i]]))
        ranks[order[i]] = ranks[order[j]] + 1;
    }
  }
  return ranks;
}

std::vector<std::size_t> best_trials(std::span<const Trial> trials, std::size_t count) {
  count = std::min(count, trials.size());
  std::vector<std::size_t> order(trials.size()), best;
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (count > 0 && trials[0].outcome.objectives.size() > 1) {
    const auto feasible_end = std::stable_partition(order.begin(), order.end(),
                                                    [&](std::size_t i) { return trials[i].outcome.is_feasible(); });
    const std::vector<std::size_t> feasible(order.begin(), feasible_end);
    std::vector<Values> objectives;
    for (const std::size_t i : feasible) objectives.push_back(trials[i].outcome.objectives);
    for (const std::size_t i : best_ranks(objectives, std::min(count, feasible.size()))) best.push_back(feasible[i]);
    order.erase(order.begin(), feasible_end);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return is_better(trials[a].outcome, trials[b].outcome); });
  best.insert(best.end(), order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count - best.size()));
  std::sort(best.begin(), best.end());
  return best;
}

std::vector<std::size_t> front(std::span<const Trial> trials) {
  std::vector<std::size_t> order(trials.size()), kept;
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t i) { return !trials[i].outcome.is_feasible(); });
  if (order.empty() || trials[0].outcome.objectives.size() == 1) return best_trials(trials, 1);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return trials[a].outcome.objectives < trials[b].outcome.objectives;
  });
  for (const std::size_t i : order) {
    const Values& values = trials[i].outcome.objectives;
    const bool is_covered = std::any_of(kept.begin(), kept.end(), [&](std::size_t k) {
      return trials[k].outcome.objectives == values || dominates(trials[k].outcome.objectives, values);
    });
    if (!is_covered) kept.push_back(i);
  }
  return kept;
}

}  // namespace sluice::search
