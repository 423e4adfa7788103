// SPDX-License-Identifier: Apache-2.0
// measured_baselines: what else could have been planned on the same budget, in the same form as the plan's rows.
//
// Why: a rate by itself says nothing of the search. The baselines are those of hass.md section 11: dense engines alone;
// the zeros that pictures have by themselves (as PASS); two thresholds for the whole network, found greedily; and a
// search that sees losses and sparsity but no hardware. The last two then get what the plan gets: the hardware that
// suits them, a densest row within the same limit, rows searched for that hardware, depths by simulation.
//
// Before: all phases up to `measure` for a target. After: baselines in that order; one for which nothing fits is left
// out.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

Result<std::vector<Baseline>> measured_baselines(PlanJob& job);

nlohmann::json baseline_to_json(const Baseline& baseline);
Baseline baseline_from_json(const nlohmann::json& j);

}  // namespace sluice
