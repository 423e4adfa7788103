// SPDX-License-Identifier: Apache-2.0
// See level_densities.hpp.
#include "compiler/search/level_densities.hpp"

#include <algorithm>

namespace sluice::search {
namespace {

constexpr std::size_t kPairPictures = 2;  // whose pairs are counted, which takes longest

// Densities of every layer with its level `weights` and its level `activations`; -1: none; a layer with fewer levels
// takes its last one.
class LevelMeasurer {
 public:
  LevelMeasurer(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const LossTable& table,
                const PictureCodes& pictures)
      : network_(network), menus_(menus), table_(table), pictures_(pictures) {}

  Result<std::vector<LayerDensity>> densities(int weights, int activations) const {
    std::vector<Thresholds> thresholds(network_.layers.size());
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      const LayerLosses& losses = table_.layers[i];
      if (weights >= 0 && !losses.weights.empty()) thresholds[i].weight = at(losses.weights, weights).thresholds.weight;
      if (activations >= 0 && !losses.activations.empty())
        thresholds[i].activation = at(losses.activations, activations).thresholds.activation;
    }
    return measured_densities(network_, menus_, pictures_, thresholds,
                              {.pair_pictures = kPairPictures, .is_each_alone = true});
  }

 private:
  static const LossLevel& at(const std::vector<LossLevel>& levels, int index) {
    return levels[std::min(std::size_t(index), levels.size() - 1)];
  }

  const IntegerNetwork& network_;
  const std::vector<LayerMenu>& menus_;
  const LossTable& table_;
  const PictureCodes& pictures_;
};

// Thresholds of the weights and shortened prefixes, in one order of what they lose.
int weight_step(const LayerLosses& losses, double divergence) {
  const auto loses_less = [&](const LossLevel& other) { return other.divergence < divergence; };
  return 1 + int(std::count_if(losses.weights.begin(), losses.weights.end(), loses_less) +
                 std::count_if(losses.ranks.begin(), losses.ranks.end(), loses_less));
}

ThresholdLevel level_of(const LayerDensity& density, const LayerLosses& losses, int weights, int activations) {
  ThresholdLevel level{density};
  level.has_weight_threshold = weights >= 0, level.has_activation_threshold = activations >= 0;
  if (weights >= 0) {
    const LossLevel& of_weights = losses.weights[std::size_t(weights)];
    level.loss += of_weights.divergence;
    level.thresholds.weight = of_weights.thresholds.weight;
    level.step.weights = weight_step(losses, of_weights.divergence);
  }
  if (activations >= 0) {
    const LossLevel& of_activations = losses.activations[std::size_t(activations)];
    level.loss += of_activations.divergence;
    level.thresholds.activation = of_activations.thresholds.activation;
    level.step.activations = activations + 1;
  }
  return level;
}

// k of G, alone and with every level of the activations that is there.
void append_ranks(const LayerLosses& losses, LayerLevels& levels) {
  const std::size_t count = levels.size();
  for (const LossLevel& rank : losses.ranks) {
    for (std::size_t v = 0; v < count; ++v) {
      if (levels[v].has_weight_threshold) continue;
      ThresholdLevel level = levels[v];
      level.group = rank.thresholds.prefix.filters;
      level.density.group_kept = double(rank.thresholds.prefix.k) / level.group;
      level.loss += rank.divergence;
      level.thresholds.prefix = {rank.thresholds.prefix.k, level.group, 0};
      level.step.weights = weight_step(losses, rank.divergence);
      levels.push_back(std::move(level));
    }
  }
}

}  // namespace

Result<std::vector<LayerLevels>> level_densities(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                 const std::vector<LayerDensity>& natural, const LossTable& table,
                                                 double most_loss, const PictureCodes& pictures) {
  std::vector<LayerLevels> all = without_thresholds(natural);
  if (table.layers.empty()) return all;
  int weights = 0, activations = 0;  // most levels of any layer
  for (const LayerLosses& losses : table.layers) {
    weights = std::max(weights, int(losses.weights.size()));
    activations = std::max(activations, int(losses.activations.size()));
  }
  const LevelMeasurer measurer(network, menus, table, pictures);
  const auto append = [&](int w, int a) -> Status {
    const std::vector<LayerDensity> densities = SLUICE_TRY(measurer.densities(w, a));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const LayerLosses& losses = table.layers[i];
      if (w >= int(losses.weights.size()) || a >= int(losses.activations.size())) continue;
      all[i].push_back(level_of(densities[i], losses, w, a));
    }
    return ok();
  };
  for (int w = 0; w < weights; ++w) SLUICE_CHECK(append(w, -1));
  for (int a = 0; a < activations; ++a) SLUICE_CHECK(append(-1, a));
  for (int both = 0; both < std::min(weights, activations); ++both) SLUICE_CHECK(append(both, both));
  for (std::size_t i = 0; i < all.size(); ++i) {
    append_ranks(table.layers[i], all[i]);
    std::erase_if(all[i], [&](const ThresholdLevel& level) { return level.loss > most_loss; });
  }
  return all;
}

}  // namespace sluice::search
