// SPDX-License-Identifier: Apache-2.0
// study_thresholds: trials of how far the thresholds of each layer go, before any hardware is chosen.
//
// Why: exact allocations think that losses add up. What they find is a good beginning; what lies around it has to be
// measured. The idea: two objectives, the divergence that is measured and the cost (trial_costs.hpp), which for our
// search is the interval of the hardware that suits the trial; the largest loss as a constraint, by a race. For the
// paper's setting one objective: the cost less the share of float's right answers that is left (hass.md section 11.2).
//
// Before: the largest allowance of each layer; starting points within it. After: every trial, in order.
#pragma once

#include <optional>

#include "compiler/search/racing_meter.hpp"
#include "compiler/search/study.hpp"
#include "compiler/search/trial_costs.hpp"

namespace sluice::search {

struct ThresholdTrial {
  std::vector<Allowance> allowances;
  CostedThresholds costed;
  RacedLoss raced;
  bool is_feasible = false;
};

struct ThresholdStudy {
  std::vector<ThresholdTrial> trials;
  std::vector<std::size_t> front;  // of loss and cost, feasible, by rising loss
  RaceCounts raced;

  // The cheapest within so many points; none: no trial is.
  const ThresholdTrial* best(double points) const;
};

// Points of a sampler as allowances, and what they are worth: one side of ask-and-tell (README.md), too.
class ThresholdEvaluator {
 public:
  // `cost` and `meter` outlive it.
  ThresholdEvaluator(const TrialCost& cost, const std::vector<Allowance>& most, const RacingMeter& meter,
                     bool is_scalar = false);

  const Space& space() const { return space_; }
  std::vector<Allowance> allowances_of(const Point& point) const;
  Point point_of(const std::vector<Allowance>& allowances) const;
  // The outcome, and the race in it.
  std::pair<Outcome, std::optional<RacedLoss>> evaluate(std::size_t trial, const Point& point) const;

 private:
  // Which variable is which layer's, and of what kind.
  struct Axis {
    std::size_t layer;
    int Allowance::*part;
  };

  const TrialCost& cost_;
  const RacingMeter& meter_;
  const std::size_t layers_;
  Space space_;
  std::vector<Axis> axes_;  // of the variables
};

// `kind`: what the cost is.
Result<ThresholdStudy> study_thresholds(const std::string& kind, const TrialCost& cost,
                                        const std::vector<Allowance>& most,
                                        const std::vector<std::vector<Allowance>>& starts, RacingMeter& meter,
                                        const TrialOptions& with, bool is_scalar = false);

}  // namespace sluice::search
