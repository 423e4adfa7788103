// SPDX-License-Identifier: Apache-2.0
// Cycles that a sparse engine spends on a vector, from how many of its operand pairs are live.
//
// Why: an engine of N multipliers takes ceil(live / N) cycles for a vector of M pairs, so its rate follows the spread
// of `live`, not its mean alone. A histogram gives it exactly; models by the mean density do not.
//
// Zero-vector skipping: a vector without a live pair costs nothing, else a cycle. It is for engines that see only
// activation zeros before the fork; joint zeros may not be skipped.
//
// Before: 0 <= density <= 1, N >= 1; a histogram has M + 1 bins that sum to more than 0. After: cycles a vector.
#pragma once

#include <cstdint>
#include <vector>

namespace sluice {

// Bin z: how often, or how likely, z pairs of a vector were live.
using LiveHistogram = std::vector<double>;

double mean_cycles(const LiveHistogram& live, int pairs, bool skips_zero_vectors = false);

// Each of `lanes` pairs is live by itself with probability `density`.
LiveHistogram independent_lanes(double density, int lanes);

// Filters of a group run in lock step and take as long as the slowest: E[max over filters of
// max(1, ceil(live / N))], the filters being independent with one histogram or with one each.
double lock_step_cycles(const LiveHistogram& live, int filters, int pairs);
double lock_step_cycles(const std::vector<LiveHistogram>& live, int pairs);

// The same from data: live[vector * filters + filter]; groups of `group` filters, the last one may be smaller. Returns
// all cycles of all vectors and groups.
std::int64_t lock_step_cycles_of(const std::vector<int>& live, int filters, int group, int pairs);

}  // namespace sluice
