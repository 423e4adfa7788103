// SPDX-License-Identifier: Apache-2.0
// See trial_design.hpp.
#include "compiler/search/trial_design.hpp"

#include <algorithm>

namespace sluice::search {
namespace {

// The densest row, of its limit: what neighbours need is not quite what the trial thought.
constexpr double kMargin = 1.02;

}  // namespace

double densest_share(double interval, double most_natural) { return std::min(1.0, kMargin * interval / most_natural); }

DesignResult<NetworkDesign> trial_design(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                         const std::vector<LayerLevels>& levels, const Target& target,
                                         const std::vector<Allowance>& allowances, double natural_share) {
  std::vector<LayerLevels> allowed(levels.size());
  std::vector<std::vector<int>> numbers(levels.size());  // of the allowed levels, among all
  for (std::size_t i = 0; i < levels.size(); ++i) {
    for (std::size_t v = 0; v < levels[i].size(); ++v) {
      if (!levels[i][v].is_within(allowances[i])) continue;
      allowed[i].push_back(levels[i][v]), allowed[i].back().loss = 0;
      numbers[i].push_back(int(v));
    }
  }
  Resources budget = target.budget;
  budget.loss = 0;
  DesignResult<NetworkDesign> found =
      design_network(network, menus, allowed, target.model, budget, {0, target.memory_bytes_per_cycle, natural_share});
  if (!found) return found;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    ChosenLayer& layer = found->exploration.layers[i];
    layer.level = numbers[i][std::size_t(layer.level)];
    layer.cost.loss = levels[i][std::size_t(layer.level)].loss;
  }
  return found;
}

}  // namespace sluice::search
