// SPDX-License-Identifier: Apache-2.0
// The percentile rule, and that records stay bounded.
#include "runtime/stream/statistics.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

using std::chrono::nanoseconds;

std::vector<nanoseconds> hundred() {
  std::vector<nanoseconds> values;
  for (int i = 99; i >= 0; --i) values.push_back(nanoseconds(i));
  return values;
}

TEST(Statistics, percentile_is_the_element_floor_n_times_p) {
  EXPECT_EQ(percentile(hundred(), 0.0), nanoseconds(0));
  EXPECT_EQ(percentile(hundred(), 0.5), nanoseconds(50));
  EXPECT_EQ(percentile(hundred(), 0.99), nanoseconds(99));
  EXPECT_EQ(percentile(hundred(), 1.0), nanoseconds(99));
  EXPECT_EQ(percentile({nanoseconds(3)}, 0.5), nanoseconds(3));
  EXPECT_EQ(percentile({}, 0.5), nanoseconds(0));
  EXPECT_EQ(percentile({nanoseconds(10), nanoseconds(20), nanoseconds(30)}, 0.5), nanoseconds(20));
}

TEST(Statistics, record_keeps_count_mean_and_maximum_of_all) {
  LatencyRecord record;
  EXPECT_EQ(record.mean(), nanoseconds(0));
  const std::size_t many = LatencyRecord::kKeptLatencies + 1000;
  for (std::size_t i = 0; i < many; ++i) record.add(nanoseconds(i < 1000 ? 900 : 100));
  EXPECT_EQ(record.count(), many);
  EXPECT_EQ(record.kept().size(), LatencyRecord::kKeptLatencies);
  EXPECT_EQ(record.max(), nanoseconds(900));
  EXPECT_EQ(record.at(1.0), nanoseconds(100)) << "the oldest thousand are no longer kept";
}

TEST(Statistics, rate_counts_classified_images_only) {
  StreamStatistics statistics;
  EXPECT_EQ(statistics.images_per_s(), 0);
  statistics.delivered = 12;
  statistics.errors = 2;
  statistics.wall_seconds = 2;
  EXPECT_EQ(statistics.images_per_s(), 5);
}

}  // namespace
}  // namespace sluice
