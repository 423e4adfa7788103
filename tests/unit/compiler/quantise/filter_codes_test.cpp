// SPDX-License-Identifier: Apache-2.0
// The proof that no sum overflows holds for the worst input there is, and codes stay close to their weights.
#include "compiler/quantise/filter_codes.hpp"

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
  const FilterCodes codes = filter_codes(weights, bias, input_scale, 127, 8, false);
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
  const FilterCodes codes = filter_codes(weights, {100.0}, 0.01, 127, 8, false);
  EXPECT_LE(std::abs(codes.bias[0]), 1 << 24);
  EXPECT_NEAR(codes.bias[0] * 0.01 * codes.scale[0], 100.0, 1e-3);
}

}  // namespace
}  // namespace sluice
