// SPDX-License-Identifier: Apache-2.0
// Collects runs (see program.hpp). Out of line: inlined into the schedules, GCC 12 warns of an overflow that is none.
#include "runtime/simulate/program.hpp"

namespace sluice::simulate {

void Program::add(const Run& run) {
  if (run.repeat == 0 || run.reads + run.both + run.writes == 0) return;
  if (!runs.empty() && runs.back().has_shape_of(run))
    runs.back().repeat += run.repeat;
  else
    runs.push_back(run);
}

}  // namespace sluice::simulate
