// SPDX-License-Identifier: Apache-2.0
// Depths of streams by simulation, such that every row keeps its rate.
//
// Why: the depths of compiler/pipeline/fifo_depth.hpp guarantee that nothing hangs, whatever the pictures; what the rate needs
// pictures tell, and each row has other lists. The idea: runtime/simulate/fifo_sizing finds the least depths for one row after another, sparsest
// first (its lists differ most), and no row lowers what another one needs: a deeper stream never makes a pipeline slower.
//
// Before: a valid design, rows with thresholds, at least one picture. After: depth and reason of every stream are set.
#pragma once

#include "compiler/sparsity/rows.hpp"

namespace sluice {

// `tolerance`: share that an interval may be above the one with streams so deep that nobody waits for room.
Status size_streams(Design& design, const DesignTable& rows, const std::vector<RowSample>& pictures, double tolerance);

}  // namespace sluice
