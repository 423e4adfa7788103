// SPDX-License-Identifier: Apache-2.0
// See trial_explorer.hpp.
#include "compiler/dse/trial_explorer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/dse/bracket.hpp"
#include "compiler/dse/packing.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {
namespace {

constexpr double kNearEnough = 1.002;  // of an interval to one that is too short
constexpr double kSpareShare = 1e-3;   // price of a limit that is no merit, of the others': it counts where it is short

LayerLevels without_loss(LayerLevels levels) {
  for (ThresholdLevel& level : levels) level.loss = 0;
  return levels;
}

Allowance most_of(const LayerLevels& levels) {
  Allowance most;
  for (const ThresholdLevel& level : levels) {
    most.weights = std::max(most.weights, level.step.weights);
    most.activations = std::max(most.activations, level.step.activations);
  }
  return most;
}

}  // namespace

TrialExplorer::TrialExplorer(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
                             const Resources& budget, const TrialGoal& goal)
    : menus_(menus),
      levels_(levels),
      fixed_(shares_of(goal.fixed, budget)),
      level_fronts_(menus.size()),
      fronts_(menus.size()),
      level_cycles_(menus.size()) {
  Resources lossless = budget;
  lossless.loss = 0;
  std::vector<LayerTable> natural, all;
  for (std::size_t l = 0; l < menus.size(); ++l) {
    most_.push_back(most_of(levels[l]));
    natural.emplace_back(menus[l], LayerLevels{levels[l][0]}, lossless, 1, goal.most_natural);
    all.emplace_back(menus[l], without_loss(levels[l]), lossless, 0, goal.most_natural);
  }
  Shares start{};
  for (std::size_t r = 0; r < kLimits; ++r)
    start[r] = r != kLossLimit && budget.*kLimitTable[r].part > 0 ? (is_merit(r) ? 1 : kSpareShare) : 0;
  const Bracket slow = bracket(natural, fixed_, start);
  low_ = std::max(bracket(all, fixed_, start).low, goal.least_interval);
  high_ = std::max({slow.high, goal.least_interval, low_});
  weights_ = slow.weights;
  std::vector<std::pair<std::size_t, std::size_t>> wanted;  // layer and level
  for (std::size_t l = 0; l < menus.size(); ++l) {
    level_fronts_[l].resize(levels[l].size());
    for (std::size_t v = 0; v < levels[l].size(); ++v) wanted.emplace_back(l, v);
  }
  parallel_each(wanted.size(), [&](std::size_t i) {
    const auto [l, v] = wanted[i];
    LayerLevels pair{levels[l][0]};  // the first tells what the densest row takes
    if (v > 0) pair.push_back(levels[l][v]), pair.back().loss = 0;
    std::vector<Candidate> front = LayerTable(menus[l], pair, lossless, 0, goal.most_natural).front(low_, high_);
    for (Candidate& candidate : front) candidate.level = candidate.level == 0 ? 0 : int(v);
    level_fronts_[l][v] = std::move(front);
  });
}

const std::vector<Candidate>& TrialExplorer::front(std::size_t layer, const Allowance& allowance) {
  const auto [known, is_new] = fronts_[layer].try_emplace(allowance);
  if (is_new) {
    std::vector<const std::vector<Candidate>*> allowed;
    for (std::size_t v = 0; v < levels_[layer].size(); ++v)
      if (levels_[layer][v].is_within(allowance)) allowed.push_back(&level_fronts_[layer][v]);
    known->second = front_of(allowed);
  }
  return known->second;
}

double TrialExplorer::cycles_at(std::size_t layer, const Candidate& pick, int level) {
  const auto [known, is_new] = level_cycles_[layer].try_emplace({pick.way, pick.copies, level}, 0);
  if (is_new) {
    const LayerDensity& density = levels_[layer][std::size_t(level)].density;
    EngineShape shape = menus_[layer].ways[std::size_t(pick.way)].shape;
    shape.copies = pick.copies;
    shape.prefix = std::max(1, int(std::ceil(shape.group * density.group_kept - 1e-9)));
    known->second = layer_time(shape, menus_[layer].spec.work, density).interval();
  }
  return known->second;
}

TrialLayer TrialExplorer::with_least_loss(std::size_t layer, const Candidate& pick, const Allowance& allowance,
                                          double interval) {
  TrialLayer chosen{pick.way, pick.copies, pick.level, pick.own_cycles};
  const EngineShape& shape = menus_[layer].ways[std::size_t(pick.way)].shape;
  const LayerLevels& levels = levels_[layer];
  for (std::size_t v = 0; v < levels.size(); ++v) {
    if (levels[v].loss >= levels[std::size_t(chosen.level)].loss) continue;
    if (!levels[v].is_within(allowance) || !levels[v].is_for(shape.kind, shape.group)) continue;
    const double cycles = cycles_at(layer, pick, int(v));
    if (cycles * menus_[layer].spec.hurry <= interval) chosen.level = int(v), chosen.cycles = cycles;
  }
  return chosen;
}

TrialDesign TrialExplorer::explore(const std::vector<Allowance>& allowances) {
  std::vector<std::span<const Candidate>> layers;
  for (std::size_t l = 0; l < menus_.size(); ++l) layers.emplace_back(front(l, allowances[l]));
  const auto slowest = [&](const Packing& packing) {
    double interval = low_;
    for (std::size_t l = 0; l < layers.size(); ++l) interval = std::max(interval, layers[l][packing.picks[l]].cycles);
    return interval;
  };
  const auto packed = [&](double interval, const Shares& weights) {
    Packing packing = pack(layers, interval, fixed_, weights);
    const double after = std::nextafter(interval, INFINITY);
    if (packing.is_proven || !exchange_until_it_fits(layers, after, &packing.picks, &packing.sum))
      packing.picks.clear();
    return packing;
  };
  Packing best = packed(high_, weights_);
  TrialDesign design;
  if (best.picks.empty()) return design;
  double low = low_;
  design.interval = slowest(best);
  while (design.interval > kNearEnough * low) {
    Packing faster = packed(std::sqrt(low * design.interval), best.weights);
    if (faster.picks.empty())
      low = std::sqrt(low * design.interval);
    else
      best = std::move(faster), design.interval = slowest(best);
  }
  design.shares = best.sum;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    design.layers.push_back(with_least_loss(l, layers[l][best.picks[l]], allowances[l], design.interval));
    design.loss += levels_[l][std::size_t(design.layers.back().level)].loss;
  }
  return design;
}

}  // namespace sluice
