// SPDX-License-Identifier: Apache-2.0
// trial_options: when trials of a phase end, where they are kept, and lines that tell how far they are.
//
// Before: `job` outlives them. After: --trials for the rows; half as many before the hardware is chosen, which cost ten
// times as many pictures each. Without a target there are none of those. Both share --time-limit evenly.
#pragma once

#include "compiler/driver/plan_job.hpp"
#include "compiler/search/study.hpp"

namespace sluice {

enum class TrialPart { before_hardware, rows };

// `subject`: text of all that decides what a trial tells, besides network, losses and pictures.
search::TrialOptions trial_options(const PlanJob& job, TrialPart part, const std::string& subject);

}  // namespace sluice
