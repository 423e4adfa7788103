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

constexpr int kHalf = SLUICE_CURVE_SEGMENTS / 2;  // segments on one side of 0
constexpr int kLimit = limit_of(kPreActivationBits);
constexpr double kFlat = 1e-3;        // a slope below it leads nowhere
constexpr double kMostExtension = 4;  // of the interval, or of the output's range, where a side rises slowly

// Where on one side the curve has reached `range`, or will not get nearer to it.
double reach(const UnaryCurve& curve, double side, double range) {
  const double from = curve.value(side * curve.bend), further = curve.value(side * 2 * curve.bend);
  const double slope = std::fabs(further - from) / curve.bend;
  if (slope < kFlat || std::fabs(from) >= range) return curve.bend;
  return std::min(curve.bend + (range - std::fabs(from)) / slope, kMostExtension * std::max(curve.bend, range));
}

// Value of a curve at the borders of its segments, the right one of the last segment too.
std::vector<double> borders_of(const UnaryCurve& curve, double width) {
  std::vector<double> borders;
  for (int s = -kHalf; s <= kHalf; ++s) borders.push_back(curve.value(s * width));
  return borders;
}

}  // namespace

Result<UnaryCurve> unary_curve(const ir::Activation& activation) {
  const double alpha = activation.alpha, beta = activation.beta;
  if (alpha == 0) return user_error("a curve with alpha 0 is a constant; remove it from the model");
  const auto gate = [alpha, beta](double x) { return std::clamp(alpha * x + beta, 0.0, 1.0); };
  const double bend = std::max(std::fabs(beta / alpha), std::fabs((1 - beta) / alpha));
  if (activation.curve == ir::Curve::hard_sigmoid) return UnaryCurve{CurveKind::hard_sigmoid, gate, bend};
  return UnaryCurve{CurveKind::hard_swish, [gate](double x) { return x * gate(x); }, bend};
}

Result<FusedCurve> curve_codes(const UnaryCurve& curve, const ValueCodes& output, const CodeRange& clamp,
                               const std::vector<double>& gains) {
  FusedCurve fused;
  fused.kind = curve.kind;
  // A channel with a gain holds that much less.
  const double range = output.range / *std::min_element(gains.begin(), gains.end());
  const double end = std::max(reach(curve, -1, range), reach(curve, 1, range));
  double width = curve.bend / (kHalf - 1);
  fused.segment_bits = kMostSegmentBits;
  while (fused.segment_bits > 0 && std::ldexp(width, -fused.segment_bits) * kLimit < end) --fused.segment_bits;
  width = std::max(width, std::ldexp(end / kLimit, fused.segment_bits));
  fused.scale = std::ldexp(width, -fused.segment_bits);

  const std::vector<double> borders = borders_of(curve, width);
  double largest =
      std::max(std::fabs(curve.value(-fused.scale * kLimit)), std::fabs(curve.value(fused.scale * kLimit)));
  double steepest = 0;  // a code
  for (int s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) {
    largest = std::max({largest, std::fabs(borders[std::size_t(s)]), std::fabs(borders[std::size_t(s) + 1])});
    const double rise = borders[std::size_t(s) + 1] - borders[std::size_t(s)];
    steepest = std::max(steepest, std::ldexp(std::fabs(rise), -fused.segment_bits));
  }
  if (!(largest > 0) || !std::isfinite(largest)) return user_error("the curve is 0, or infinite, wherever codes reach");
  const double most = limit_of(16);
  const double unit = std::max(largest / most, std::ldexp(steepest, SLUICE_CURVE_SLOPE_BITS) / most);
  const auto code = [](double value) { return static_cast<std::int16_t>(std::round(value)); };
  for (int s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) {
    const auto at = std::size_t((s < kHalf ? s : s - SLUICE_CURVE_SEGMENTS) + kHalf);  // from code 0 up, then below it
    fused.base.push_back(code(borders[at] / unit));
    const double rise = (borders[at + 1] - borders[at]) / unit;
    fused.slope.push_back(code(std::ldexp(rise, SLUICE_CURVE_SLOPE_BITS - fused.segment_bits)));
  }
  std::vector<double> factors;
  for (const double gain : gains) factors.push_back(unit * gain / output.scale());
  FixedPoint factor = SLUICE_TRY(fixed_point(factors));
  fused.multiplier = std::move(factor.multipliers);
  fused.shift = factor.shift;
  fused.clamp_low = clamp.low;
  fused.clamp_high = clamp.high;
  return fused;
}

}  // namespace sluice
