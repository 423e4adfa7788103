// SPDX-License-Identifier: Apache-2.0
// What a device did, beside what was planned: the rates, and the first layer that takes other cycles than the table
// says.
//
// Why: a rate below the plan has one of three causes: another clock, other pictures, or a circuit that is not as
// planned. The clock is the binary's own here (runtime/bundle/fitted_build.hpp), and cycles of a layer tell the other
// two apart.
//
// Before: a bundle, and observations of images under row 0. After: figures and a sentence.
#pragma once

#include <optional>
#include <string>

#include "runtime/bundle/bundle.hpp"
#include "runtime/observe/design_model.hpp"

namespace sluice::bench {

struct PlanComparison {
  double clock_mhz = 0;
  double estimated_images_per_s = 0;
  std::optional<double> simulated_images_per_s;  // where the plan simulated its design
  std::string departing_layer;                   // the first, in the order of the network; empty: none
  double departing_ratio = 1;                    // its cycles over those of the table

  std::string text(double measured_images_per_s, const std::string& rate_kind) const;
};

// Cycles that differ by less are those of the plan.
inline constexpr double kSameCycles = 0.05;

Result<PlanComparison> compare_with_plan(const Bundle& bundle, const std::vector<Observation>& seen);

}  // namespace sluice::bench
