// SPDX-License-Identifier: Apache-2.0
// The pictures that rows are measured on: those after the calibration ones; where there are none, calibration ones.
//
// Before: import, calibrate and quantise have run. After: samples with the float network's classes.
#pragma once

#include "compiler/driver/plan_job.hpp"

namespace sluice {

bool is_held_out(const PlanJob& job);
ImageSet held_out(const PlanJob& job);
// Where there are no others, so many calibration pictures measure again.
std::size_t repeated_count(const PlanJob& job);

Result<std::vector<RowSample>> measuring_samples(PlanJob& job);

}  // namespace sluice
