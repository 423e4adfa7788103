// SPDX-License-Identifier: Apache-2.0
// The proof that no sum overflows holds for the worst input there is, and codes stay close to their weights.
#include "compiler/quantise/filter_codes.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

class FilterCodesSeeds : public ::testing::TestWithParam<int> {};

TEST_P(FilterCodesSeeds, bound_the_sum_of_the_worst_input) {
  std::mt19937 random(static_cast<unsigned>(GetParam()));
  std::normal_distribution<float> normal(0, 0.2f);
  ir::Tensor weights = ir::Tensor::zeros({5, 7, 3, 3});
  for (float& w : weights.values) w = normal(random);
  std::vector<double> bias;
  for (int f = 0; f < 5; ++f) bias.push_back(normal(random) * 10);
  const double input_scale = 0.03;
  const FilterCodes codes = filter_codes(weights, bias, {input_scale, {-127, 127}, 0.05, 8, 26, false}).value();
  double worst = 0;
  for (std::size_t f = 0; f < 5; ++f) {
    // Every input code at its limit, with the sign that helps: no input makes a larger sum.
    double sum = std::abs(codes.bias[f]);
    for (std::size_t i = 0; i < 63; ++i) sum += 127.0 * std::abs(codes.weights[f * 63 + i]);
    worst = std::max(worst, sum);
  }
  EXPECT_DOUBLE_EQ(codes.largest_sum, worst);
  for (std::size_t f = 0; f < 5; ++f) {
    EXPECT_NEAR(codes.bias[f] * input_scale * codes.scale[f], bias[f], input_scale * codes.scale[f]);
    for (std::int64_t c = 0; c < 7; ++c) {
      for (std::int64_t tap = 0; tap < 9; ++tap) {
        const float real = weights.values[std::size_t((std::int64_t(f) * 7 + c) * 9 + tap)];
        const double coded = codes.weights[std::size_t((std::int64_t(f) * 9 + tap) * 7 + c)] * codes.scale[f];
        ASSERT_NEAR(coded, real, 0.5001 * codes.scale[f]) << "filter " << f << " channel " << c << " tap " << tap;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, FilterCodesSeeds, ::testing::Range(1, 9));

TEST(FilterCodes, widen_the_scale_of_a_filter_with_tiny_weights_and_a_large_bias) {
  ir::Tensor weights = ir::Tensor::of_values({1, 1, 1, 1}, {1e-9f});
  const FilterCodes codes = filter_codes(weights, {100.0}, {0.01, {-127, 127}, 1.0, 8, 26, false}).value();
  EXPECT_LT(codes.largest_sum, 1 << 26);
  EXPECT_NEAR(codes.bias[0] * 0.01 * codes.scale[0], 100.0, 1e-3);
}

// Positive and negative weights never help each other after a ReLU: the bound is the larger of the two sums.
TEST(FilterCodes, bound_sums_of_codes_without_sign_more_tightly) {
  ir::Tensor weights = ir::Tensor::of_values({1, 4, 1, 1}, {1.0f, -0.5f, 0.25f, -1.0f});
  const FilterCodes codes = filter_codes(weights, {0.0}, {1.0, {0, 100}, 1.0, 8, 26, false}).value();
  int positive = 0, negative = 0;
  for (const std::int16_t w : codes.weights) (w > 0 ? positive : negative) += std::abs(w);
  EXPECT_GT(negative, positive);
  EXPECT_DOUBLE_EQ(codes.largest_sum, 100.0 * negative);
}

// 16 bits and a wide window: only the filters that need it lose weight bits, and no sum reaches 2^31.
TEST(FilterCodes, narrow_each_filter_by_its_own_proof) {
  ir::Tensor weights = ir::Tensor::zeros({2, 64, 3, 3});
  for (std::size_t i = 0; i < 576; ++i) weights.values[i] = 1.0f;
  weights.values[576] = 1.0f;
  const FilterCodes codes = filter_codes(weights, {0.5, -0.5}, {1e-3, {-16383, 16383}, 1.0, 16, 31, false}).value();
  EXPECT_LT(codes.largest_sum, std::ldexp(1.0, 31));
  EXPECT_LT(codes.weights[0], 1 << 8);
  EXPECT_GT(*std::max_element(codes.weights.begin() + 576, codes.weights.end()), 1 << 14);
  EXPECT_EQ(codes.least_weight_bits, 9);
}

// A filter a thousand times smaller than its neighbour: its gain is exact, only its weights are rounded.
TEST(FilterCodes, choose_scales_that_the_multiplier_holds_exactly) {
  ir::Tensor weights = ir::Tensor::of_values({3, 1, 1, 1}, {1.0f, 0.0013f, 3e-8f});
  const FilterSurroundings around{0.02, {-127, 127}, 0.03, 8, 26, false};
  const FilterCodes codes = filter_codes(weights, {0.0, 0.0, 0.0}, around).value();
  for (std::size_t f = 0; f < 3; ++f) {
    EXPECT_GE(codes.multiplier[f], 1);
    EXPECT_DOUBLE_EQ(std::ldexp(codes.multiplier[f], -codes.shift),
                     codes.scale[f] * around.input_scale / around.output_scale);
    EXPECT_NEAR(codes.weights[f] * codes.scale[f], weights.values[f], 0.5001 * codes.scale[f]);
  }
  EXPECT_NEAR(codes.weights[1] * codes.scale[1], 0.0013, 0.0013 / 100);
}

}  // namespace
}  // namespace sluice
