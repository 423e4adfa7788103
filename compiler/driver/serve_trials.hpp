// SPDX-License-Identifier: Apache-2.0
// serve_trials: our evaluator for somebody else's sampler: thresholds of all layers, costed by hardware and measured.
//
// Why: whether a search is any good shows beside another on the same problem. The idea: the problem that `choose` puts
// to our sampler, over lines of JSON (compiler/search/README.md), with the same starting points, race and costs.
//
// Before: options with a target. After: the state is kept up to `sensitivity`; the input ended.
#pragma once

#include <iosfwd>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

Status serve_trials(PlanJob& job, std::istream& in, std::ostream& out);

}  // namespace sluice
