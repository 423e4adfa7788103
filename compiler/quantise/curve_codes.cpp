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

constexpr int kHalf = SLUICE_CURVE_SEGMENTS / 2;  // segments on one side of 0
constexpr int kLimit = limit_of(kPreActivationBits);
constexpr double kFlat = 1e-3;          // a slope below it leads nowhere
constexpr double kLeastEnd = 1.0 / 16;  // sums must still fit the codes in front
constexpr double kMostExtension = 4;    // of the interval, or of the output's range, where a side rises slowly

// Where a hard gate leaves its line, on the side that is further out.
double end_of_gate(const ir::Activation& a) {
  return std::max(std::fabs(a.beta / a.alpha), std::fabs((1 - a.beta) / a.alpha));
}

// From `end` towards 0, as long as on both sides all that was passed has this property.
template <typename Property>
double follow_inwards(double end, Property has_property) {
  constexpr double kStep = 1.02;
  while (end > kLeastEnd && has_property(end / kStep) && has_property(-end / kStep)) end /= kStep;
  return end;
}

// Beyond it, on both sides, the curve is as near to a line as 16-bit codes of a range of about 1 can tell.
double end_of_bend(const std::function<double(double)>& value) {
  constexpr double kFar = 1e6, kNear = 5e-5;
  const auto is_straight = [&](double x) {
    const double far = x > 0 ? kFar : -kFar, slope = (value(far) - value(far / 2)) / (far / 2);
    return std::fabs(value(x) - value(far) - slope * (x - far)) <= kNear;
  };
  return follow_inwards(kFar, is_straight);
}

// An output of this range may saturate on both sides before the curve is straight.
double bend_within(const UnaryCurve& curve, double range) {
  return follow_inwards(curve.bend, [&](double x) { return std::fabs(curve.value(x)) >= range; });
}

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

// What a line through a segment's ends is raised by, so that it errs by nothing on average: two thirds of how far the
// curve bends away from it (a parabola's mean height over its chord). Not where code 0 is, which stays exact, nor at
// the ends, which go on for ever.
double raise_of(const UnaryCurve& curve, int segment, double width, double from, double to) {
  if (segment == 0 || segment == -kHalf || segment == kHalf - 1) return 0;
  return (curve.value((segment + 0.5) * width) - (from + to) / 2) * 2 / 3;
}

// What a curve is cut into for one output.
struct Segments {
  int bits = 0;      // codes of a segment, as a power of 2
  double scale = 1;  // of the codes in front
  double unit = 1;   // of a line's value
  std::vector<double> borders;
};

// A channel with a gain holds that much less than the output's range.
Segments segments_of(UnaryCurve curve, const ValueCodes& output, const std::vector<double>& gains, double farthest) {
  const double range = output.range / *std::min_element(gains.begin(), gains.end());
  const double most = std::max(kLeastEnd, farthest);
  curve.bend = std::min(most, bend_within(curve, range));
  const double end = std::min(most, std::max(reach(curve, -1, range), reach(curve, 1, range)));
  Segments made;
  double width = curve.bend / (kHalf - 1);
  made.bits = kMostSegmentBits;
  while (made.bits > 0 && std::ldexp(width, -made.bits) * kLimit < end) --made.bits;
  width = std::max(width, std::ldexp(end / kLimit, made.bits));
  made.scale = std::ldexp(width, -made.bits);
  made.borders = borders_of(curve, width);
  double largest = std::max(std::fabs(curve.value(-made.scale * kLimit)), std::fabs(curve.value(made.scale * kLimit)));
  double steepest = 0;  // a code
  for (std::size_t s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) {
    largest = std::max({largest, std::fabs(made.borders[s]), std::fabs(made.borders[s + 1])});
    steepest = std::max(steepest, std::ldexp(std::fabs(made.borders[s + 1] - made.borders[s]), -made.bits));
  }
  const double most_code = limit_of(16);
  made.unit = std::max(largest / most_code, std::ldexp(steepest, SLUICE_CURVE_SLOPE_BITS) / most_code);
  return made;
}

}  // namespace

Result<UnaryCurve> unary_curve(const ir::Activation& activation) {
  UnaryCurve curve{CurveKind::other, [activation](double x) { return ir::curve_value(activation, x); }, 0};
  const bool is_sigmoid = activation.curve == ir::Curve::hard_sigmoid;
  if (!is_sigmoid && activation.curve != ir::Curve::hard_swish) {
    curve.bend = end_of_bend(curve.value);
    return curve;
  }
  if (activation.alpha == 0) return user_error("a curve with alpha 0 is a constant; remove it from the model");
  curve.kind = is_sigmoid ? CurveKind::hard_sigmoid : CurveKind::hard_swish;
  curve.bend = end_of_gate(activation);
  return curve;
}

double curve_step(const UnaryCurve& curve, const ValueCodes& output, const std::vector<double>& gains) {
  return segments_of(curve, output, gains, kAnywhere).unit;
}

Result<FusedCurve> curve_codes(const UnaryCurve& curve, const ValueCodes& output, const CodeRange& clamp,
                               const std::vector<double>& gains, double farthest) {
  const Segments segments = segments_of(curve, output, gains, farthest);
  const double unit = segments.unit;
  const bool is_finite = std::all_of(segments.borders.begin(), segments.borders.end(),
                                     [](double border) { return std::isfinite(border); });
  if (!is_finite || !(unit > 0) || !std::isfinite(unit))
    return user_error("the curve is 0, or infinite, wherever codes reach");
  FusedCurve fused;
  fused.kind = curve.kind;
  fused.scale = segments.scale;
  fused.segment_bits = segments.bits;
  const auto code = [](double value) {
    return static_cast<std::int16_t>(std::clamp<double>(std::round(value), -limit_of(16), limit_of(16)));
  };
  const double width = std::ldexp(segments.scale, segments.bits);
  for (int s = 0; s < SLUICE_CURVE_SEGMENTS; ++s) {
    const int segment = s < kHalf ? s : s - SLUICE_CURVE_SEGMENTS;  // from code 0 up, then below it
    const double from = segments.borders[std::size_t(segment + kHalf)],
                 to = segments.borders[std::size_t(segment + kHalf + 1)];
    fused.base.push_back(code((from + raise_of(curve, segment, width, from, to)) / unit));
    const double rise = (to - from) / unit;
    fused.slope.push_back(code(std::ldexp(rise, SLUICE_CURVE_SLOPE_BITS - segments.bits)));
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
