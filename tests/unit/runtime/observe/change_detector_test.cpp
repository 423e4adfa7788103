// SPDX-License-Identifier: Apache-2.0
// False alarms and delay of the change detector, as its head states them.
#include "runtime/observe/change_detector.hpp"

#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

// Values until a change is reported, `most` where none is.
std::uint64_t values_until_change(double shift, std::uint64_t most, std::uint32_t seed, Change* change = nullptr) {
  ChangeDetector detector;
  std::mt19937 random(seed);
  std::normal_distribution<double> draw(shift, 1);
  for (std::uint64_t i = 1; i <= most; ++i) {
    const double z = draw(random);
    if (!detector.add(100 + z, z)) continue;
    if (change) *change = detector.change();
    return i;
  }
  return most;
}

TEST(ChangeDetector, false_alarms_are_as_rare_as_stated) {
  // One in 150,000 values: in 1,500,000 about 10; 25 or more have a chance below 0.01 %.
  std::uint64_t alarms = 0, values = 0;
  for (std::uint32_t seed = 1; values < 1'500'000; ++seed) {
    const std::uint64_t until = values_until_change(0, 1'500'000 - values, seed);
    values += until;
    alarms += values < 1'500'000;
  }
  EXPECT_LT(alarms, 25u);
}

TEST(ChangeDetector, half_a_deviation_is_seen_after_about_80_values) {
  double sum = 0;
  for (std::uint32_t seed = 1; seed <= 200; ++seed) sum += double(values_until_change(0.5, 10000, seed));
  EXPECT_NEAR(sum / 200, 80, 12);
}

TEST(ChangeDetector, the_new_level_is_that_since_the_change_began) {
  Change change;
  values_until_change(2, 1000, 5, &change);
  EXPECT_NEAR(change.mean, 102, 0.8);
  EXPECT_GT(change.values, 8u);
}

TEST(ChangeDetector, a_single_outlier_is_none) {
  ChangeDetector detector;
  EXPECT_FALSE(detector.add(1e9, 1e7));
  EXPECT_FALSE(detector.add(-1e9, -1e7));
}

}  // namespace
}  // namespace sluice
