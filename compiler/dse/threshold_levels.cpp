// SPDX-License-Identifier: Apache-2.0
// See threshold_levels.hpp.
#include "compiler/dse/threshold_levels.hpp"

namespace sluice {

bool ThresholdLevel::is_for(KernelKind engine, int engine_group) const {
  if (has_weight_threshold && !obeys_weight_threshold(engine)) return false;
  if (has_activation_threshold && !obeys_activation_threshold(engine)) return false;
  return group == 0 || (obeys_prefix(engine) && engine_group == group);
}

std::vector<LayerLevels> without_thresholds(const std::vector<LayerDensity>& densities) {
  std::vector<LayerLevels> levels;
  for (const LayerDensity& density : densities) levels.push_back({ThresholdLevel{density}});
  return levels;
}

}  // namespace sluice
