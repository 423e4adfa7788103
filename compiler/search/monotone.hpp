// SPDX-License-Identifier: Apache-2.0
// monotone: the rising sequence nearest to noisy figures (pool adjacent violators; Ayer et al., "An empirical
// distribution function for sampling with incomplete information", 1955).
//
// Why: a loss in points on a few hundred pictures jumps by whole pictures, while what causes it rises steadily. Where
// theory says "rises", the nearest rising sequence is the better figure, and has no inversions to be explained.
//
// Before: figures in the order in which they should rise. After: as many, none below the one before; the same sum.
#pragma once

#include <vector>

namespace sluice::search {

std::vector<double> monotone(const std::vector<double>& figures);

}  // namespace sluice::search
