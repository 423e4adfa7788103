// SPDX-License-Identifier: Apache-2.0
// The bound against known values, and what it covers on two hundred drifting streams.
#include "runtime/observe/disagreement.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(UpperBound, is_that_of_clopper_and_pearson) {
  // None found: 1 - 0.05^(1/n). The others: a table's values.
  EXPECT_NEAR(upper_bound_95(0, 200), 1 - std::pow(0.05, 1.0 / 200), 1e-8);
  EXPECT_NEAR(upper_bound_95(0, 1), 0.95, 1e-8);
  EXPECT_NEAR(upper_bound_95(1, 10), 0.394163, 1e-6);
  EXPECT_NEAR(upper_bound_95(5, 10), 0.777559, 1e-6);
  EXPECT_NEAR(upper_bound_95(9, 10), std::pow(0.95, 0.1), 1e-8);
  EXPECT_EQ(upper_bound_95(10, 10), 1);
  EXPECT_EQ(upper_bound_95(0, 0), 1);
}

TEST(UpperBound, falls_with_the_count_and_rises_with_what_is_found) {
  for (std::uint64_t count = 200; count <= 100'000; count *= 7) {
    double last = 0;
    for (std::uint64_t found = 0; found <= count; found += count / 20) {
      const double bound = upper_bound_95(found, count);
      EXPECT_GT(bound, last) << found << " of " << count;
      EXPECT_GE(bound, double(found) / double(count));
      EXPECT_LE(upper_bound_95(found, 2 * count), bound);
      last = bound;
    }
  }
}

TEST(CanarySchedule, has_one_in_each_block_at_changing_places) {
  for (const std::uint64_t period : {1u, 2u, 7u, 50u}) {
    std::vector<int> places(period, 0);
    for (std::uint64_t block = 0; block < 400; ++block) {
      int canaries = 0;
      for (std::uint64_t place = 0; place < period; ++place) {
        const bool is = is_canary(block * period + place, period);
        canaries += is;
        places[place] += is;
      }
      EXPECT_EQ(canaries, 1) << "block " << block << " of " << period;
    }
    EXPECT_GT(*std::min_element(places.begin(), places.end()), 0) << period;
  }
  EXPECT_FALSE(is_canary(0, 0));
}

TEST(DisagreementOfRow, is_unknown_below_200_canaries_and_after_a_change) {
  Disagreement disagreement(3, 50);
  for (std::uint64_t i = 0; i < 199; ++i) disagreement.add(1, 50 * i, false);
  EXPECT_FALSE(disagreement.bound(1));
  disagreement.add(1, 50 * 199, true);
  EXPECT_EQ(disagreement.bound(1), upper_bound_95(1, 200));
  EXPECT_FALSE(disagreement.bound(2));
  disagreement.restart();
  EXPECT_EQ(disagreement.canaries(1), 0u);
  EXPECT_FALSE(disagreement.bound(1));
}

TEST(DisagreementOfRow, forgets_what_lies_a_thousand_periods_back) {
  Disagreement disagreement(2, 50);
  for (std::uint64_t i = 0; i < 3000; ++i) {
    disagreement.add(1, 50 * i, i < 1500);
    disagreement.forget_before(50 * i);
  }
  EXPECT_EQ(disagreement.canaries(1), 1000u);
  EXPECT_EQ(disagreement.found(1), 0u);
  EXPECT_EQ(disagreement.bound(1), upper_bound_95(0, 1000));
}

// 50,000 images whose disagreement drifts: a level, a slow swing around it, and a slope.
TEST(DisagreementOfRow, bounds_the_share_of_drifting_streams) {
  constexpr std::uint64_t kImages = 50'000, kPeriod = 50, kStreams = 200, kSeed = 2026;
  std::cout << "seed " << kSeed << "\n";
  std::mt19937_64 random(kSeed);
  std::uniform_real_distribution<double> uniform(0, 1);
  std::uint64_t covered = 0;
  double above = 0;
  for (std::uint64_t stream = 0; stream < kStreams; ++stream) {
    const double level = 0.002 + 0.05 * uniform(random), swing = uniform(random), slope = uniform(random) - 0.5;
    const double turns = 1 + 4 * uniform(random), phase = uniform(random);
    Disagreement disagreement(2, kPeriod);
    double truth = 0;
    for (std::uint64_t i = 0; i < kImages; ++i) {
      const double at = double(i) / double(kImages);
      const double p =
          level * (1 + 0.5 * swing * std::sin(2 * std::numbers::pi * (turns * at + phase)) + slope * (at - 0.5));
      const bool disagrees = double(random() >> 11) * 0x1p-53 < p;
      truth += disagrees;
      if (!is_canary(i, kPeriod)) continue;
      disagreement.add(1, i, disagrees);
      disagreement.forget_before(i);
      ASSERT_EQ(disagreement.bound(1).has_value(), i / kPeriod >= 199);
    }
    truth /= double(kImages);
    ASSERT_GE(disagreement.canaries(1), 999u);
    covered += *disagreement.bound(1) >= truth;
    above += *disagreement.bound(1) - truth;
  }
  std::cout << covered << " of " << kStreams << " streams covered, " << 100 * above / double(kStreams)
            << " points above on average\n";
  EXPECT_GE(covered, 183u);
  EXPECT_LE(covered, kStreams);
  EXPECT_LE(100 * above / double(kStreams), 1.5);
  EXPECT_GE(100 * above / double(kStreams), 0.3) << "a bound this near is none";
}

}  // namespace
}  // namespace sluice
