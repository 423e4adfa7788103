// SPDX-License-Identifier: Apache-2.0
// What is said of each curve holds on a fine grid: its range, whether it ever falls, its ends.
#include "compiler/ir/curve.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace sluice::ir {
namespace {

constexpr double kStep = 1.0 / 256, kFar = 12, kEverywhere = std::numeric_limits<double>::infinity();

std::vector<Activation> all_curves() {
  std::vector<Activation> all;
  for (const auto& [op, alpha, second] : {std::tuple{"HardSigmoid", 0.2f, 0.5f},
                                          {"HardSwish", 1.0f / 6, 0.5f},
                                          {"Sigmoid", 1.0f, 0.0f},
                                          {"Swish", 1.0f, 0.0f},
                                          {"Swish", 1.7f, 0.0f},
                                          {"Tanh", 1.0f, 0.0f},
                                          {"Softplus", 1.0f, 0.0f},
                                          {"Elu", 1.0f, 0.0f},
                                          {"Elu", 2.5f, 0.0f},
                                          {"Selu", 1.67f, 1.05f},
                                          {"Celu", 0.5f, 0.0f},
                                          {"Mish", 1.0f, 0.0f},
                                          {"Gelu", 1.0f, 0.0f}}) {
    Node node{.op = op, .attributes = {{"alpha", alpha}, {"beta", second}, {"gamma", second}}};
    all.push_back(curve_of(node).value());
    if (node.op != "Gelu") continue;
    node.attributes["approximate"] = std::string("tanh");
    all.push_back(curve_of(node).value());
  }
  return all;
}

TEST(Curve, facts_hold_on_a_grid) {
  const std::vector<Activation> curves = all_curves();
  EXPECT_EQ(curves.back().curve, kLastCurve);
  for (const Activation& curve : curves) {
    SCOPED_TRACE(std::string(to_text(curve.curve)) + " " + std::to_string(curve.alpha));
    bool falls = false;
    for (double x = -kFar; x <= kFar; x += kStep) {
      const double value = curve_value(curve, x), next = curve_value(curve, x + kStep);
      falls = falls || next < value - 1e-12;
      for (const Range& input : {Range{x - 1, x}, Range{-kEverywhere, x}, Range{x, kEverywhere}, Range{}}) {
        const Range made = curve_range(curve, input);
        EXPECT_LE(made.low, value + 1e-6) << x;
        EXPECT_GE(made.high, value - 1e-6) << x;
      }
    }
    EXPECT_NE(falls, rises(curve));
    EXPECT_FALSE(std::isnan(curve_value(curve, -kEverywhere)));
    EXPECT_FALSE(std::isnan(curve_value(curve, kEverywhere)));
  }
}

TEST(Curve, values_at_known_places) {
  const auto at = [](const char* op, double x) { return curve_value(curve_of(Node{.op = op}).value(), x); };
  EXPECT_NEAR(at("Sigmoid", 0), 0.5, 1e-12);
  EXPECT_NEAR(at("Swish", 1), 0.7310585786, 1e-9);
  EXPECT_NEAR(at("Gelu", -1), -0.1586552539, 1e-9);
  EXPECT_NEAR(at("Mish", 1), 0.8650983883, 1e-9);
  EXPECT_NEAR(at("Elu", -1), -0.6321205588, 1e-9);
  EXPECT_NEAR(at("Selu", -1), -1.1113307, 1e-6);
  EXPECT_NEAR(at("Softplus", 0), 0.6931471806, 1e-9);
  EXPECT_FALSE(curve_of(Node{.op = "Relu"}));
}

}  // namespace
}  // namespace sluice::ir
