// SPDX-License-Identifier: Apache-2.0
// Lines of a curve, by the arithmetic of the device: any function of one number within a part of a step, exact zeros,
// and a channel's gain.
#include "compiler/quantise/curve_codes.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "compiler/ir/curve.hpp"
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
  const auto kind = CurveKind::other;  // a name for readers
  std::vector<Case> all = {
      {"hard_sigmoid", unary_curve({.curve = ir::Curve::hard_sigmoid}).value(), 1},
      {"hard_swish", hard_swish(), 4},
      {"hard_swish_far_beyond_its_bend", hard_swish(), 120},
      {"steep", unary_curve({.curve = ir::Curve::hard_sigmoid, .alpha = 10, .beta = 0.5f}).value(), 1},
      {"leaky", {kind, [](double x) { return x < 0 ? 0.1 * x : x; }, 1}, 20}};
  for (int curve = static_cast<int>(ir::Curve::sigmoid); curve <= static_cast<int>(ir::kLastCurve); ++curve) {
    const auto known = static_cast<ir::Curve>(curve);
    for (const double range : {12.0, 30.0})
      all.push_back({ir::to_text(known), unary_curve({.curve = known, .alpha = 1, .beta = 1}).value(), range});
  }
  for (const ir::Curve gate : {ir::Curve::sigmoid, ir::Curve::tanh})
    all.push_back({ir::to_text(gate), unary_curve({.curve = gate}).value(), 1});
  return all;
}

Layer layer_with(const UnaryCurve& curve, int bits, double range, const std::vector<double>& gains,
                 double farthest = kAnywhere) {
  const ValueCodes output{bits, bits, range};
  Layer layer;
  layer.output_bits = bits, layer.output_scale = output.scale();
  layer.curve = curve_codes(curve, output, {-output.limit(), output.limit()}, gains, farthest).value();
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

TEST(CurveCodes, a_curve_bends_where_it_is_no_line) {
  EXPECT_EQ(hard_swish().bend, 3);
  const auto bend_of = [](ir::Curve curve, float alpha) {
    return unary_curve({.curve = curve, .alpha = alpha, .beta = 1}).value().bend;
  };
  EXPECT_NEAR(bend_of(ir::Curve::sigmoid, 1), std::log(2e4), 0.2);
  EXPECT_NEAR(bend_of(ir::Curve::tanh, 1), std::log(4e4) / 2, 0.2);
  EXPECT_NEAR(bend_of(ir::Curve::swish, 10), bend_of(ir::Curve::swish, 1) / 10, 0.3);
  EXPECT_LT(bend_of(ir::Curve::gelu, 1), 5);
  EXPECT_GT(bend_of(ir::Curve::gelu, 1), 3);
}

// Of ELU, 0.3 holds what lies within 0.36 of 0; segments for the rest would be lost.
TEST(CurveCodes, codes_reach_no_further_than_the_output) {
  const UnaryCurve elu = unary_curve({.curve = ir::Curve::elu, .alpha = 1}).value();
  EXPECT_GT(elu.bend, 9);
  EXPECT_NEAR(layer_with(elu, 16, 0.3, {1.0}).curve.scale * 32767, 0.36, 0.02);
  // Where it grows without end, too.
  const UnaryCurve rising = unary_curve({.curve = ir::Curve::celu, .alpha = -1}).value();
  const Layer layer = layer_with(rising, 8, 2, {1.0});
  for (const double x : {-1.0, -0.5, 0.5, 1.5}) {
    const double wanted = std::clamp(rising.value(x), -2.0, 2.0);
    EXPECT_NEAR(after_curve(layer, static_cast<int>(x / layer.curve.scale), 0) * layer.output_scale, wanted, 0.02);
  }
}

// What enters within 0.5 of 0 has all the lines there: nothing is left of what chords err by.
TEST(CurveCodes, codes_reach_no_further_than_what_enters) {
  const UnaryCurve mish = unary_curve({.curve = ir::Curve::mish}).value();
  const auto worst_within = [&](const Layer& layer) {
    double worst = 0;
    for (int code = int(0.25 / layer.curve.scale); code * layer.curve.scale <= 0.5; ++code) {
      const double error = after_curve(layer, code, 0) * layer.output_scale - mish.value(code * layer.curve.scale);
      worst = std::max(worst, std::fabs(error));
    }
    return worst;
  };
  const Layer anywhere = layer_with(mish, 16, 0.4, {1.0}), within = layer_with(mish, 16, 0.4, {1.0}, 0.5);
  EXPECT_NEAR(within.curve.scale * 32767, 0.5, 0.01);
  EXPECT_LT(worst_within(within), 3 * within.output_scale);
  EXPECT_GT(worst_within(anywhere), 3 * worst_within(within));
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
  const UnaryCurve nothing{CurveKind::other, [](double) { return 0.0; }, 1};
  EXPECT_FALSE(curve_codes(nothing, {8, 8, 1}, {-127, 127}, {1.0}, kAnywhere));
}

}  // namespace
}  // namespace sluice
