// SPDX-License-Identifier: Apache-2.0
// Lines of a curve, by the arithmetic of the device: any function of one number within a part of a step, exact zeros,
// and a channel's gain.
#include "compiler/quantise/curve_codes.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "runtime/bundle/layers/output_code.hpp"

namespace sluice {
namespace {

UnaryCurve hard_swish() { return unary_curve({.curve = ir::Curve::hard_swish}).value(); }

struct Case {
  const char* name;
  UnaryCurve curve;
  double range;
};

std::vector<Case> cases() {
  const auto kind = CurveKind::hard_swish;  // a name for readers
  return {{"hard_sigmoid", unary_curve({.curve = ir::Curve::hard_sigmoid}).value(), 1},
          {"hard_swish", hard_swish(), 4},
          {"hard_swish_far_beyond_its_bend", hard_swish(), 120},
          {"steep", unary_curve({.curve = ir::Curve::hard_sigmoid, .alpha = 10, .beta = 0.5f}).value(), 1},
          {"silu", {kind, [](double x) { return x / (1 + std::exp(-x)); }, 12}, 30},
          {"tanh", {kind, [](double x) { return std::tanh(x); }, 4}, 1},
          {"leaky", {kind, [](double x) { return x < 0 ? 0.1 * x : x; }, 1}, 20}};
}

Layer layer_with(const UnaryCurve& curve, int bits, double range, const std::vector<double>& gains) {
  const ValueCodes output{bits, bits, range};
  Layer layer;
  layer.output_bits = bits, layer.output_scale = output.scale();
  layer.curve = curve_codes(curve, output, {-output.limit(), output.limit()}, gains).value();
  return layer;
}

TEST(CurveCodes, any_function_within_a_part_of_a_step) {
  for (const Case& c : cases()) {
    for (const int bits : {8, 16}) {
      const Layer layer = layer_with(c.curve, bits, c.range, {1.0});
      double worst = 0;
      for (int code = -32767; code <= 32767; ++code) {
        const double wanted = std::clamp(c.curve.value(code * layer.curve.scale), -c.range, c.range);
        worst = std::max(worst, std::fabs(after_curve(layer, code, 0) * layer.output_scale - wanted));
      }
      // Half a step of the output; with 16 bits chords, slopes and values count, too: 8 units of 15 bits.
      EXPECT_LT(worst, (bits == 8 ? 0.55 : 8.0) * layer.output_scale) << c.name << ", " << bits << " bits";
    }
  }
}

TEST(CurveCodes, what_is_zero_stays_zero) {
  for (const int bits : {8, 16}) {
    for (const double range : {4.0, 120.0}) {
      const Layer layer = layer_with(hard_swish(), bits, range, {1.0});
      EXPECT_EQ(after_curve(layer, 0, 0), 0);
      for (int code = -32767; code * layer.curve.scale <= -3; ++code) ASSERT_EQ(after_curve(layer, code, 0), 0) << code;
    }
  }
}

TEST(CurveCodes, a_channel_with_a_gain_has_finer_codes) {
  const Layer layer = layer_with(hard_swish(), 8, 12, {1.0, 20.0});
  for (const double x : {-1.5, 0.2, 0.5}) {
    const int code = static_cast<int>(std::round(x / layer.curve.scale));
    const double wanted = hard_swish().value(x);
    EXPECT_NEAR(after_curve(layer, code, 0) * layer.output_scale, wanted, 0.55 * layer.output_scale);
    EXPECT_NEAR(after_curve(layer, code, 1) * layer.output_scale / 20, wanted, 0.55 * layer.output_scale / 20);
  }
}

TEST(CurveCodes, refuses_what_is_no_curve) {
  EXPECT_FALSE(unary_curve({.curve = ir::Curve::hard_swish, .alpha = 0}));
  const UnaryCurve nothing{CurveKind::hard_swish, [](double) { return 0.0; }, 1};
  EXPECT_FALSE(curve_codes(nothing, {8, 8, 1}, {-127, 127}, {1.0}));
}

}  // namespace
}  // namespace sluice
