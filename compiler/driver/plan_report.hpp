// SPDX-License-Identifier: Apache-2.0
// make_report: the report of a plan from what its phases made.
//
// Before: every phase but the writing one is done. After: the report without the writing phase's own time.
#pragma once

#include "compiler/driver/plan_job.hpp"

namespace sluice {

Result<PlanReport> make_report(const PlanJob& job, const std::string& design_hash);

}  // namespace sluice
