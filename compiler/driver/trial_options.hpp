// SPDX-License-Identifier: Apache-2.0
// trial_options: when trials of a phase end, where they are kept, and lines that tell how far they are.
//
// Before: `job` outlives them. After: --trials and --time-limit are shared between the trials with hardware that is not
// chosen yet and those with the one that is; without a target all are of the second kind.
#pragma once

#include "compiler/driver/plan_job.hpp"
#include "compiler/search/study.hpp"

namespace sluice {

enum class TrialPart { before_hardware, rows };

// `subject`: text of all that decides what a trial tells, besides network, losses and pictures.
search::TrialOptions trial_options(const PlanJob& job, TrialPart part, const std::string& subject);

}  // namespace sluice
