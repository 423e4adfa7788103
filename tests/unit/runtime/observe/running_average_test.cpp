// SPDX-License-Identifier: Apache-2.0
// Calm on a stationary stream, quick after a step.
#include "runtime/observe/running_average.hpp"

#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(RunningAverage, first_values_are_a_plain_mean) {
  RunningAverage average;
  EXPECT_TRUE(average.is_empty());
  for (const double value : {10.0, 20.0, 30.0, 40.0}) average.add(value);
  EXPECT_FALSE(average.is_empty());
  EXPECT_DOUBLE_EQ(average.value(), 25.0);
}

TEST(RunningAverage, is_calm_on_a_stationary_stream) {
  std::mt19937_64 random(11);
  std::normal_distribution<double> value(100, 10);
  RunningAverage average;
  int changing = 0;
  double most = 0;
  for (int i = 0; i < 5000; ++i) {
    average.add(value(random));
    if (i < 200) continue;
    changing += average.is_changing();
    most = std::max(most, std::fabs(average.value() - 100));
  }
  EXPECT_LT(changing, 150) << "3 % of the images are taken for a change";
  EXPECT_LT(most, 12.5);
}

TEST(RunningAverage, follows_a_step_within_a_dozen_values) {
  std::mt19937_64 random(12);
  std::normal_distribution<double> scatter(0, 5);
  RunningAverage average;
  for (int i = 0; i < 500; ++i) average.add(100 + scatter(random));
  bool has_noticed = false;
  for (int i = 0; i < 12; ++i) {
    average.add(200 + scatter(random));
    has_noticed |= average.is_changing();
  }
  EXPECT_TRUE(has_noticed);
  EXPECT_GT(average.value(), 170) << "1 - (7/8)^12 = 80 % of the step";
  for (int i = 0; i < 300; ++i) average.add(200 + scatter(random));
  EXPECT_NEAR(average.value(), 200, 3);
}

TEST(RunningAverage, a_constant_is_itself) {
  RunningAverage average;
  for (int i = 0; i < 1000; ++i) average.add(7.25);
  EXPECT_DOUBLE_EQ(average.value(), 7.25);
  EXPECT_FALSE(average.is_changing());
}

}  // namespace
}  // namespace sluice
