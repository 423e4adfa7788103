// SPDX-License-Identifier: Apache-2.0
// The policy alone, against its head's arithmetic.
#include "runtime/adapt/target_rate.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// Rows 0 and 1; no scatter, so what is safe is the target itself.
Situation two_rows(std::uint64_t image, std::uint32_t row, double rate_0, double rate_1, double error = 0) {
  return {.image = image,
          .row = row,
          .by_accuracy = {0, 1},
          .rows = {{rate_0, error}, {rate_1, error}},
          .images_since_change = image};
}

TEST(TargetRate, a_row_must_hold_in_99_of_100_windows) {
  TargetRate policy(1000, 500, 2);
  Situation now = two_rows(5000, 0, 1006, 1200);
  EXPECT_EQ(policy.choose(now).row, 0u);
  now.scatter = 0.06;  // 2.33 * 0.06 / sqrt(500): 6.25 images/s must be to spare
  EXPECT_EQ(policy.choose(now).row, 1u);
  now = two_rows(50000, 0, 1007, 1200);
  now.scatter = 0.06;
  EXPECT_EQ(policy.choose(now).row, 0u);
}

TEST(TargetRate, an_error_keeps_the_row_that_runs_and_out_the_row_that_does_not) {
  TargetRate policy(1000, 500, 2);
  EXPECT_EQ(policy.choose(two_rows(5000, 0, 990, 1200, 0.02)).reason, "holds") << "two errors are 4 %";
  EXPECT_EQ(policy.choose(two_rows(6000, 1, 1010, 1200, 0.02)).reason, "holds") << "one error is 2 %";
  EXPECT_EQ(policy.choose(two_rows(7000, 1, 1030, 1200, 0.02)).row, 0u);
  Situation soon = two_rows(8000, 1, 1010, 1200, 0.02);
  soon.images_since_change = 200;
  EXPECT_EQ(policy.choose(soon).row, 0u) << "soon after a change a trial tells most";
}

TEST(TargetRate, a_row_that_was_left_waits_four_times_as_long_each_time_until_the_pictures_change) {
  TargetRate policy(1000, 500, 2);
  EXPECT_EQ(policy.choose(two_rows(10000, 0, 900, 1200)).row, 1u);
  EXPECT_EQ(policy.choose(two_rows(13999, 1, 1100, 1200)).row, 1u);
  EXPECT_EQ(policy.choose(two_rows(14000, 1, 1100, 1200)).row, 0u);
  EXPECT_EQ(policy.choose(two_rows(15000, 0, 900, 1200)).row, 1u);
  EXPECT_EQ(policy.choose(two_rows(30999, 1, 1100, 1200)).row, 1u);
  Situation changed = two_rows(30999, 1, 1100, 1200);
  changed.changes = 1;
  EXPECT_EQ(policy.choose(changed).row, 0u);
}

TEST(TargetRate, where_none_is_safe_the_fastest_runs_and_probes_are_rare) {
  TargetRate policy(1000, 500, 2);
  const Choice choice = policy.choose(two_rows(5000, 0, 700, 900));
  EXPECT_EQ(choice.row, 1u);
  EXPECT_FALSE(choice.is_probing_affordable);
  EXPECT_EQ(policy.choose(two_rows(6000, 1, 700, 900)).reason, "the fastest row misses the target");
}

}  // namespace
}  // namespace sluice
