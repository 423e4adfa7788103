// SPDX-License-Identifier: Apache-2.0
// greedy_thresholds: two thresholds for the whole network, raised step by step: the baseline of hass.md section 11.4.
//
// Why: it is what was public before a search by layer, and what a search must beat. The idea: from none, try to raise
// tau_w, and try to raise tau_a; measure the loss, explore the hardware; keep the move that costs fewer points for the
// cycles it saves; stop where the loss would be too large.
//
// A threshold is a real number, the same in every layer; a layer takes the last of its levels that is not above it. So
// steps are from level to level of any layer, at most kGlobalSteps of a kind. A layer's weights have one scale for each
// filter: their geometric mean counts. Where channels were equalised, values are those of the equalised network.
//
// Before: as study_thresholds(). After: trials in the order they were made, none that loses more than `most_points`.
#pragma once

#include "compiler/search/loss_meter.hpp"
#include "compiler/search/trial_costs.hpp"

namespace sluice::search {

inline constexpr std::size_t kGlobalSteps = 24;

struct GreedyStep {
  std::vector<Allowance> allowances;
  CostedThresholds costed;
  MeasuredLoss loss;
};

std::vector<GreedyStep> greedy_thresholds(const IntegerNetwork& network, const std::vector<LayerLevels>& levels,
                                          const TrialCost& cost, const LossMeter& meter, double most_points);

}  // namespace sluice::search
