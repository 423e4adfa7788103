// SPDX-License-Identifier: Apache-2.0
// plan: ONNX model and calibration pictures in, bundle out. The story of the compiler: its phases, in order
// (phase.hpp).
//
// Before: options as the user gave them. After: the bundle stands at options.output, whole, or nothing does. A kill
// leaves a state folder, from which the same call goes on; an error leaves it only where it was there before or is to
// be kept.
#pragma once

#include <iosfwd>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

// None: it was to stop before the bundle is written. `dump` gets the text of options.dump_after.
Result<std::optional<PlanResult>> plan(const PlanOptions& options, const Say& say, const Say& dump = {});

// The phases up to `sensitivity`, then answers to the points of another sampler (serve_trials.hpp), until `in` ends.
// The state stays. options.output names its folder, and nothing else.
Status plan_trials(PlanOptions options, const Say& say, std::istream& in, std::ostream& out);

}  // namespace sluice
