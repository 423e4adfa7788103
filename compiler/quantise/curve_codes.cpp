// SPDX-License-Identifier: Apache-2.0
// The numbers of a fused curve (see curve_codes.hpp).
#include "compiler/quantise/curve_codes.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/ir/curve.hpp"
#include "compiler/quantise/fixed_point.hpp"
#include "device/contract/numbers.h"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Where the line of a hard gate leaves 0 to 1, on the side that is further out.
double end_of_line(const ir::Activation& a) {
  return std::max(std::fabs(a.beta / a.alpha), std::fabs((1 - a.beta) / a.alpha));
}

// Beyond it, on both sides, the curve makes no other code of this output than at infinity.
double end_of_table(const ir::Activation& activation, const ValueCodes& output) {
  constexpr double kFar = 1e6, kStep = 1.02;
  // An output that hardly moves settles at once; sums must still fit the codes in front.
  constexpr double kLeast = 1.0 / 16;
  const auto code = [&](double x) {
    return std::clamp(ir::curve_value(activation, x) / output.scale(), -1.0 * output.limit(), 1.0 * output.limit());
  };
  const auto is_settled = [&](double x) { return std::fabs(code(x) - code(x > 0 ? kFar : -kFar)) <= 0.5; };
  double end = kFar;
  while (end > kLeast && is_settled(end / kStep) && is_settled(-end / kStep)) end /= kStep;
  return end;
}

// The range of the codes before a curve whose output has these codes.
double range_before(const ir::Activation& activation, const ValueCodes& output) {
  if (!ir::has_formula(activation.curve)) return end_of_table(activation, output);
  const double end = end_of_line(activation);
  return activation.curve == ir::Curve::hard_swish ? std::max(end, output.range) : end;
}

// What one unit of the formula's result stands for, before the multiplier brings it to output codes.
double formula_unit(const ir::Activation& activation, double scale_before) {
  return std::ldexp(activation.curve == ir::Curve::hard_swish ? scale_before : 1.0, -SLUICE_GATE_BITS);
}

int rounded(double value) { return static_cast<int>(std::round(value)); }

void fill_table(FusedCurve& curve, const ir::Activation& activation, double output_scale, const CodeRange& clamp) {
  curve.table.resize(SLUICE_CURVE_TABLE_CODES);
  for (int code = -SLUICE_CURVE_TABLE_CODES / 2; code < SLUICE_CURVE_TABLE_CODES / 2; ++code) {
    const double out = std::round(ir::curve_value(activation, code * curve.scale) / output_scale);
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

double least_curve_step(const ir::Activation& activation, const ValueCodes& output) {
  if (output.stored_bits == 8 || activation.alpha == 0 || !ir::has_formula(activation.curve)) return 0;
  return formula_unit(activation, range_before(activation, output) / limit_of(output.stored_bits));
}

Result<FusedCurve> curve_codes(const ir::Activation& activation, const ValueCodes& output, const CodeRange& clamp) {
  const bool has_formula = ir::has_formula(activation.curve);
  if (has_formula && activation.alpha == 0)
    return user_error("a curve with alpha 0 is a constant; remove it from the model");
  if (!has_formula && output.stored_bits == 16) {
    return user_error("its {} has no formula for codes of 16 bits; plan with --precision int8",
                      ir::to_text(activation.curve));
  }
  FusedCurve curve;
  curve.kind = !has_formula                                ? CurveKind::table
               : activation.curve == ir::Curve::hard_swish ? CurveKind::hard_swish
                                                           : CurveKind::hard_sigmoid;
  curve.scale = range_before(activation, output) / limit_of(output.stored_bits);
  if (output.stored_bits == 8)
    fill_table(curve, activation, output.scale(), clamp);
  else
    SLUICE_CHECK(fill_formula(curve, activation, output.scale(), clamp));
  return curve;
}

}  // namespace sluice
