// SPDX-License-Identifier: Apache-2.0
// The numbers of a fused curve, and the scale of the codes it works on.
//
// Why: a layer with a curve rounds its sum to a *pre-activation* code of 16 bits, which the curve turns into the output
// code. The scale of the first needs no statistics: outside an interval, [-3, 3] for hard-swish with alpha 1/6, beta
// 1/2, a curve is straight. So the range is that interval, or further as long as the output can still rise. Codes
// beyond saturate, and so does the output. Where what enters cannot get so far (a map of a narrow range through a small
// weight), the range ends there, and all segments lie where values are.
//
// The idea: 255 segments of equal width on either side of 0 reach the end of the interval, the outermost one on each
// side begins there and goes on for ever. Corners at the ends of the interval, and at 0, lie on borders of segments.
// Whatever curve it is, its values at the borders are all that is asked of it. A hard gate's interval is known; any
// other curve is followed from far outside inwards, as long as it stays near the line that it ends in.
//
// Before: the curve is finite wherever it is asked. After: kind, scale, lines and multipliers are set; arithmetic in
// device/contract/numbers.h.
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/code_range.hpp"
#include "compiler/quantise/value_codes.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// A function of one number.
struct UnaryCurve {
  CurveKind kind = CurveKind::none;
  std::function<double(double)> value;
  double bend = 0;  // beyond it, on either side, it is straight or nearly so
};

// Of a curve whose inputs have no known limit.
inline constexpr double kAnywhere = std::numeric_limits<double>::infinity();

// Without the clamp. Before: the activation has a curve.
Result<UnaryCurve> unary_curve(const ir::Activation& activation);

// The step in which the curve's values come, before a multiplier makes output codes of them. `gains` as below.
double curve_step(const UnaryCurve& curve, const ValueCodes& output, const std::vector<double>& gains);

// `clamp`: the fused clamp in output codes. `gains`: of the output's channels, or one for all of them. `farthest`: no
// input of the curve is further from 0.
Result<FusedCurve> curve_codes(const UnaryCurve& curve, const ValueCodes& output, const CodeRange& clamp,
                               const std::vector<double>& gains, double farthest);

}  // namespace sluice
