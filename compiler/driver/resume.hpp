// SPDX-License-Identifier: Apache-2.0
// phases_to_run: where a plan begins and ends, given what its state folder holds.
//
// The idea: a kept result counts as long as the options that it and all earlier phases depend on are the same. So a
// plan that was killed goes on with the phase that it was in, and another board begins at the phase that first asks for
// the board. What is taken up, and why not more, is said in one line. --from names the phase to begin with; it is
// refused where the state does not reach that far.
//
// Before: a state folder, options that check_plan_options() accepted. After: every earlier phase's result that a phase
// to run needs is in job.state; damaged ones are made again.
#pragma once

#include "compiler/driver/phase.hpp"
#include "compiler/driver/state_folder.hpp"

namespace sluice {

struct PhaseRange {
  std::size_t first = 0, end = 0;
};

Result<PhaseRange> phases_to_run(PlanJob& job, const StateFolder& folder);

}  // namespace sluice
