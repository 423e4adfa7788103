// SPDX-License-Identifier: Apache-2.0
// See trial_costs.hpp.
#include "compiler/search/trial_costs.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::search {
namespace {

// The level of weights alone, or of activations alone, that leaves out most.
const ThresholdLevel& furthest(const LayerLevels& levels, const Allowance& allowance, int Thresholds::*part) {
  const ThresholdLevel* best = &levels[0];
  for (const ThresholdLevel& level : levels) {
    const Thresholds &t = level.thresholds, &most = best->thresholds;
    const bool is_single = t == Thresholds{.weight = part == &Thresholds::weight ? t.weight : 0,
                                           .activation = part == &Thresholds::activation ? t.activation : 0};
    if (is_single && level.is_within(allowance) && t.*part > most.*part) best = &level;
  }
  return *best;
}

CostedThresholds costed(const TrialDesign& design, const std::vector<LayerMenu>& menus,
                        const std::vector<LayerLevels>& levels) {
  CostedThresholds all{std::vector<Thresholds>(levels.size()), design.interval, design.interval, design.loss,
                       design.fits()};
  for (std::size_t l = 0; l < design.layers.size(); ++l) {
    const TrialLayer& layer = design.layers[l];
    Thresholds& thresholds = all.thresholds[l] = levels[l][std::size_t(layer.level)].thresholds;
    if (thresholds.prefix.k > 0) thresholds.prefix.multipliers = menus[l].ways[std::size_t(layer.way)].shape.filters;
  }
  return all;
}

}  // namespace

Thresholds thresholds_within(const LayerLevels& levels, const Allowance& allowance) {
  return {furthest(levels, allowance, &Thresholds::weight).thresholds.weight,
          furthest(levels, allowance, &Thresholds::activation).thresholds.activation};
}

TrialCost hardware_cost(TrialExplorer& explorer, const std::vector<LayerMenu>& menus,
                        const std::vector<LayerLevels>& levels) {
  return [&explorer, &menus, &levels](const std::vector<Allowance>& allowances) {
    return costed(explorer.explore(allowances), menus, levels);
  };
}

TrialCost scalar_cost(TrialExplorer& explorer, const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                      const std::vector<LayerLevels>& levels) {
  const double natural = explorer.explore(std::vector<Allowance>(levels.size())).interval;
  return [&explorer, &network, &menus, &levels, natural](const std::vector<Allowance>& allowances) {
    const TrialDesign design = explorer.explore(allowances);
    CostedThresholds all = costed(design, menus, levels);
    if (!all.fits) return all;
    double products = 0, left = 0;
    for (std::size_t l = 0; l < levels.size(); ++l) {
      if (network.layers[l].kind != LayerKind::conv) continue;
      const auto macs = double(network.layers[l].macs());
      products += macs, left += macs * levels[l][std::size_t(design.layers[l].level)].density.pairs();
    }
    const double dsp = std::max(design.shares[kDspLimit], design.shares[kMultiplierLimit]);
    all.cost = -(kSparsityFactor * (1 - left / products) + kThroughputFactor * std::log2(natural / design.interval) -
                 kDspFactor * dsp);
    return all;
  };
}

TrialCost sparsity_cost(const IntegerNetwork& network, const std::vector<LayerLevels>& levels) {
  return [&network, &levels](const std::vector<Allowance>& allowances) {
    CostedThresholds all;
    double products = 0, left = 0;
    for (std::size_t l = 0; l < levels.size(); ++l) {
      all.thresholds.push_back(thresholds_within(levels[l], allowances[l]));
      if (network.layers[l].kind != LayerKind::conv) continue;
      const ThresholdLevel& weights = furthest(levels[l], allowances[l], &Thresholds::weight);
      const ThresholdLevel& activations = furthest(levels[l], allowances[l], &Thresholds::activation);
      const auto macs = double(network.layers[l].macs());
      products += macs;
      left += macs * weights.density.weight * activations.density.activation;
      all.loss += weights.loss + activations.loss;
    }
    all.cost = left / std::max(1.0, products);
    return all;
  };
}

}  // namespace sluice::search
