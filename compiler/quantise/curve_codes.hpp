// SPDX-License-Identifier: Apache-2.0
// The numbers of a fused curve, and the scale of the codes it works on.
//
// Why: a layer with a curve rounds twice: its sum to a *pre-activation* code, which the curve turns into the output
// code. The scale of the first needs no statistics. A hard-sigmoid is constant outside the interval where its line runs
// between 0 and 1 ([-3, 3] for alpha 1/6, beta 1/2). A hard-swish is 0 below that interval and the identity above. So
// the range is the interval or what the output can hold, whichever is larger. Codes beyond saturate, and so does the
// curve. Any other curve is followed outwards until it is within half an output step of where it ends, or beyond what
// the output can hold.
//
// Before: activation.curve is not none, alpha is not 0. After: kind, scale and either the table or the formula are set;
// arithmetic in device/contract/numbers.h. Curves
// without a formula are refused for 16 bits.
#pragma once

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/code_range.hpp"
#include "compiler/quantise/value_codes.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// The step in which a curve's results come, before they become output codes; 0 for a table, whose results are codes.
double least_curve_step(const ir::Activation& activation, const ValueCodes& output);

// `clamp`: the fused clamp in output codes.
Result<FusedCurve> curve_codes(const ir::Activation& activation, const ValueCodes& output, const CodeRange& clamp);

}  // namespace sluice
