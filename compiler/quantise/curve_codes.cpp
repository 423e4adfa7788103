// SPDX-License-Identifier: Apache-2.0
// The numbers of a fused curve (see curve_codes.hpp).
#include "compiler/quantise/curve_codes.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/quantise/fixed_point.hpp"
#include "device/contract/numbers.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Largest |x| for which the gate's line has not saturated.
double interval_end(const ir::Activation& a) {
  return std::max(std::fabs(a.beta / a.alpha), std::fabs((1 - a.beta) / a.alpha));
}

// The range of the codes before a curve whose output codes have this one.
double range_before(const ir::Activation& activation, double output_range) {
  const double end = interval_end(activation);
  return activation.curve == ir::Curve::hard_swish ? std::max(end, output_range) : end;
}

// What one unit of the formula's result stands for, before the multiplier brings it to output codes.
double formula_unit(const ir::Activation& activation, double scale_before) {
  return std::ldexp(activation.curve == ir::Curve::hard_swish ? scale_before : 1.0, -SLUICE_GATE_BITS);
}

int rounded(double value) { return static_cast<int>(std::round(value)); }

void fill_table(FusedCurve& curve, const ir::Activation& activation, double output_scale, const CodeRange& clamp) {
  curve.table.resize(SLUICE_CURVE_TABLE_CODES);
  for (int code = -SLUICE_CURVE_TABLE_CODES / 2; code < SLUICE_CURVE_TABLE_CODES / 2; ++code) {
    const double out = std::round(curve_value(activation, code * curve.scale) / output_scale);
    curve.table[std::size_t(code & (SLUICE_CURVE_TABLE_CODES - 1))] =
        static_cast<std::int8_t>(std::clamp<double>(out, clamp.low, clamp.high));
  }
}

Status fill_formula(FusedCurve& curve, const ir::Activation& activation, double output_scale, const CodeRange& clamp) {
  constexpr int kLineBits = 2 * SLUICE_GATE_BITS;
  const double slope = std::ldexp(activation.alpha * curve.scale, kLineBits),
               offset = std::ldexp(activation.beta, kLineBits);
  if (std::max(std::fabs(slope), std::fabs(offset)) >= std::ldexp(1.0, 31)) {
    return user_error("a curve with alpha {} and beta {} is steeper than the 16-bit formula holds", activation.alpha,
                      activation.beta);
  }
  curve.slope = rounded(slope);
  curve.offset = rounded(offset);
  const FixedPoint factor = SLUICE_TRY(fixed_point({formula_unit(activation, curve.scale) / output_scale}));
  curve.multiplier = factor.multipliers[0];
  curve.shift = factor.shift;
  curve.clamp_low = clamp.low;
  curve.clamp_high = clamp.high;
  return ok();
}

}  // namespace

double curve_value(const ir::Activation& activation, double x) {
  const double gate = std::clamp(activation.alpha * x + activation.beta, 0.0, 1.0);
  return activation.curve == ir::Curve::hard_swish ? x * gate : gate;
}

double least_curve_step(const ir::Activation& activation, const ValueCodes& output) {
  if (output.stored_bits == 8 || activation.alpha == 0) return 0;
  return formula_unit(activation, range_before(activation, output.range) / limit_of(output.stored_bits));
}

Result<FusedCurve> curve_codes(const ir::Activation& activation, const ValueCodes& output, const CodeRange& clamp) {
  if (activation.alpha == 0) return user_error("a curve with alpha 0 is a constant; remove it from the model");
  FusedCurve curve;
  curve.kind = activation.curve == ir::Curve::hard_swish ? CurveKind::hard_swish : CurveKind::hard_sigmoid;
  curve.scale = range_before(activation, output.range) / limit_of(output.stored_bits);
  if (output.stored_bits == 8)
    fill_table(curve, activation, output.scale(), clamp);
  else
    SLUICE_CHECK(fill_formula(curve, activation, output.scale(), clamp));
  return curve;
}

}  // namespace sluice
