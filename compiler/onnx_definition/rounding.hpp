// SPDX-License-Identifier: Apache-2.0
// Rounding: how a quantised model is run.
//
// Why: the planner gives up the rounding of quantised models, knowingly, and rounds on its own. What it computes until
// then must be compared with the model as it is without its rounding, or every comparison would be as coarse as that.
#pragma once

namespace sluice::definition {

// What QuantizeLinear and its like do to a value that depends on the input. Constants are always rounded.
//   as_defined        rounds and saturates: what the file says
//   only_saturation   codes stay real numbers; only values beyond the codes' range change. What a float network
//   computes
//                     that keeps the model's clamps and gives up its rounding: each such value is off by at most half a
//                     step.
//   wide_saturation   the same, with half a step more at both ends of the range: that far a value may lie outside and
//   is
//                     still rounded into it, so a clamp there may count as one that does nothing.
enum class Rounding { as_defined, only_saturation, wide_saturation };

}  // namespace sluice::definition
