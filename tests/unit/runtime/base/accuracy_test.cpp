// SPDX-License-Identifier: Apache-2.0
// Intervals against published examples and against values computed by hand.
#include "runtime/base/accuracy.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

// R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score interval without correction).
TEST(Wilson, agrees_with_newcombes_table) {
  const struct {
    int right, count;
    double low, high;
  } rows[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
  for (const auto& row : rows) {
    const Interval interval = wilson(row.right, row.count);
    EXPECT_DOUBLE_EQ(interval.value, double(row.right) / row.count);
    EXPECT_NEAR(interval.low, row.low, 5e-5) << row.right << " of " << row.count;
    EXPECT_NEAR(interval.high, row.high, 5e-5) << row.right << " of " << row.count;
  }
}

TEST(Wilson, is_the_mirror_image_for_wrong_answers) {
  for (const int right : {0, 3, 500, 997, 1000}) {
    const Interval a = wilson(right, 1000), b = wilson(1000 - right, 1000);
    EXPECT_NEAR(a.low, 1 - b.high, 1e-12);
    EXPECT_NEAR(a.high, 1 - b.low, 1e-12);
    EXPECT_LE(0.0, a.low);
    EXPECT_LE(a.low, a.value + 1e-12);
    EXPECT_LE(a.value, a.high + 1e-12);
    EXPECT_LE(a.high, 1.0);
  }
}

TEST(PairedDifference, equals_the_formula_by_hand) {
  // (12 - 5) / 100 = 0.07; 1.96 * sqrt(17 - 49 / 100) / 100 = 0.0796382
  const Interval interval = paired_difference(12, 5, 100);
  EXPECT_DOUBLE_EQ(interval.value, 0.07);
  EXPECT_NEAR(interval.high - interval.value, 0.0796382, 1e-6);
  EXPECT_NEAR(interval.value - interval.low, 0.0796382, 1e-6);
}

TEST(PairedDifference, changes_its_sign_with_the_order) {
  const Interval ab = paired_difference(30, 10, 1000), ba = paired_difference(10, 30, 1000);
  EXPECT_DOUBLE_EQ(ab.value, -ba.value);
  EXPECT_DOUBLE_EQ(ab.low, -ba.high);
}

TEST(PairedDifference, of_equal_answers_is_sure) {
  const Interval interval = paired_difference(0, 0, 10);
  EXPECT_EQ(interval.low, 0.0);
  EXPECT_EQ(interval.high, 0.0);
  // Every picture discordant the same way: the variance is 0 and must not become negative.
  EXPECT_EQ(paired_difference(10, 0, 10).low, 1.0);
}

}  // namespace
}  // namespace sluice
