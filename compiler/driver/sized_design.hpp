// SPDX-License-Identifier: Apache-2.0
// The design with the depths of its streams from simulation, within the block RAM that its target has left.
//
// Why: an estimate counts what each layer does, not how long it waits for its neighbours; with depths by rule alone, designs explored for a
// board simulated up to two thirds slower than estimated. With depths from simulation they keep it within a few percent
// (./run prove-designs).
//
// Before: a valid design; rows with thresholds; pictures, of which the first few are simulated some dozen times. After: a valid design that
// fits its target, and what was simulated; or an error that says what is short.
#pragma once

#include <optional>
#include <utility>

#include "compiler/driver/target.hpp"
#include "compiler/sparsity/stream_depths.hpp"

namespace sluice {

Result<std::pair<Design, StreamSizing>> sized_design(Design design, const DesignTable& rows, const std::vector<RowSample>& pictures, double tolerance,
                                                     const std::optional<Target>& target);

}  // namespace sluice
