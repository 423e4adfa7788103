// SPDX-License-Identifier: Apache-2.0
// search_hardware: the design whose rows matter, without making its densest row slow.
//
// Why: the fastest design for the zeros that pictures have by themselves is often set by engines that skip nothing, and
// then all rows are equally fast. The fastest design for one row of thresholds may be slow without them. A switchable
// design is in between. The idea: engines and thresholds are explored together, the loss being one more resource
// (compiler/dse/threshold_levels.hpp), for a ladder of how fast the densest row must be (ExploreGoal::natural_share)
// and for two losses. Every design found is judged by the rows that it could have: the geometric mean of the rates
// without loss, with half of the largest loss and with all of it, among those whose densest row keeps its limit.
//
// Sums of what layers lose alone are only nearly what they lose together. So trials go on from these designs
// (threshold_study.hpp): thresholds of all layers at once, measured, each costed by the hardware that suits it. The
// fastest trials within half of the largest loss and within all of it are explored as designs, too, and judged with the
// rows that were measured.
//
// An estimate does not know how long layers wait for each other: up to a sixth of the time in designs of many copies.
// So the best estimated designs, and the one for natural zeros, are simulated without thresholds. The best by
// simulation is taken, its other rows being slowed down alike.
//
// Before: menus, levels and a scale of this network; a budget. After: a design within the budget, or NoDesign.
#pragma once

#include <optional>

#include "compiler/dse/network_design.hpp"
#include "compiler/measure/rows.hpp"
#include "compiler/search/loss_scale.hpp"
#include "compiler/search/threshold_study.hpp"
#include "compiler/target/target.hpp"

namespace sluice::search {

// Cycles of a design's rows as the exploration estimates them.
struct EstimatedRows {
  double densest = 0;    // without thresholds
  double half_loss = 0;  // at half of the largest loss
  double full_loss = 0;
};

struct HardwareTrial {
  double natural_share = 1;
  double loss_budget = 0;  // nats; 0: explored for natural zeros alone
  bool is_tried = false;   // explored for thresholds of a trial
  EstimatedRows rows;
  std::size_t kernels = 0;
  double simulated_densest = 0;  // cycles; 0: was not simulated
};

struct HardwareSearch {
  NetworkDesign design;
  std::optional<NetworkDesign> dense;  // the best of dense engines alone, where `design` has others
  std::vector<HardwareTrial> trials;
  std::size_t taken = 0;                       // of the trials
  double densest_limit = 0;                    // cycles that the densest row may take
  double natural_cycles = 0;                   // of the best design for natural zeros alone
  double one_row_cycles = 0;                   // of the best design for one row of the largest loss
  std::vector<std::vector<Allowance>> starts;  // of trials: what the designs leave out
  TrialGoal trial_goal;
  ThresholdStudy study;
};

struct HardwareTrials {
  const LossMeter& meter;
  TrialOptions options;
  bool is_scalar = false;  // one objective, as the paper's (trial_costs.hpp), for loss and interval
};

struct HardwareOptions {
  double most_points = 2;
  double least_densest = 0.95;      // rate of the densest row, of the best dense design's
  double target_interval = 0;       // fewest resources at so many cycles an image, without thresholds; 0: the fastest
  bool is_free = true;              // all engines are allowed
  std::vector<RowSample> pictures;  // that designs are simulated on; none: the estimate decides
  double sizing_tolerance = 0;      // share of its rate that a design may lose to streams of limited depth
};

DesignResult<HardwareSearch> search_hardware(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                             const std::vector<LayerLevels>& levels, const LossScale& scale,
                                             const Target& target, const HardwareOptions& options,
                                             const HardwareTrials& trials);

}  // namespace sluice::search
