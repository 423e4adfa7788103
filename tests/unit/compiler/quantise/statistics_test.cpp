// SPDX-License-Identifier: Apache-2.0
// ValueStatistics against brute force over the same values.
#include "compiler/quantise/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::vector<float> values_of(unsigned seed, std::size_t count, float spread) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (float& v : values) v = std::max(0.0f, normal(random));  // as after a ReLU: half of them zero
  return values;
}

TEST(ValueStatistics, percentile_lies_within_a_bin_of_the_sorted_values) {
  std::vector<float> values = values_of(1, 20000, 3.0f);
  ValueStatistics statistics;
  // In pieces of growing range, so that the histogram has to widen.
  std::sort(values.begin(), values.end());
  for (std::size_t i = 0; i < values.size(); i += 1000) statistics.add(values.data() + i, 1000, 1);
  for (const double share : {0.6, 0.9, 0.99, 0.999}) {
    const double sorted = values[std::size_t(share * 20000) - 1];
    EXPECT_NEAR(statistics.clip_percentile(share), sorted, 4 * statistics.largest() / 1024) << share;
  }
  EXPECT_FLOAT_EQ(static_cast<float>(statistics.largest()), values.back());
}

TEST(ValueStatistics, merging_counts_everything_once) {
  const std::vector<float> a = values_of(2, 5000, 1.0f), b = values_of(3, 7000, 20.0f);
  ValueStatistics left, right, both;
  left.add(a.data(), 5000, 5);
  right.add(b.data(), 7000, 5);
  both.add(a.data(), 5000, 5);
  both.add(b.data(), 7000, 5);
  left.merge(right);
  EXPECT_EQ(left.count(), 12000);
  EXPECT_DOUBLE_EQ(left.zero_share(), both.zero_share());
  EXPECT_DOUBLE_EQ(left.largest(), both.largest());
  EXPECT_NEAR(left.clip_percentile(0.99), both.clip_percentile(0.99), 0.05 * both.largest());
  for (std::size_t c = 0; c < 5; ++c) EXPECT_NEAR(left.channel_means()[c], both.channel_means()[c], 1e-9);
}

TEST(ValueStatistics, mse_clip_beats_the_largest_value_when_there_is_an_outlier) {
  std::vector<float> values = values_of(4, 20000, 1.0f);
  values[7] = 200.0f;
  ValueStatistics statistics;
  statistics.add(values.data(), 20000, 1);
  const auto error = [&](double clip) {
    double sum = 0;
    for (const float v : values) {
      const double scale = clip / 127, code = std::min(127.0, std::round(v / scale));
      sum += (code * scale - v) * (code * scale - v);
    }
    return sum;
  };
  const double clip = statistics.clip_mse(127);
  EXPECT_LT(clip, 200.0);
  EXPECT_LT(error(clip), error(200.0));
}

TEST(ValueStatistics, come_back_from_bytes) {
  Statistics statistics;
  const std::vector<float> values = values_of(9, 4000, 2.0f);
  statistics["a"].add(values.data(), 4000, 4);
  statistics["b"].add(values.data(), 10, 1);
  ByteWriter to;
  write(statistics, to);
  const std::string bytes = to.take();
  ByteReader from(bytes);
  const Statistics back = read_statistics(from);
  ASSERT_TRUE(from.is_complete());
  ASSERT_EQ(back.size(), 2u);
  EXPECT_EQ(back.at("a").channel_means(), statistics.at("a").channel_means());
  EXPECT_EQ(back.at("a").clip_percentile(0.99), statistics.at("a").clip_percentile(0.99));
  EXPECT_EQ(back.at("a").clip_mse(127), statistics.at("a").clip_mse(127));
  EXPECT_EQ(back.at("b").count(), 10);
  ByteReader cut(std::string_view(bytes).substr(0, bytes.size() - 1));
  read_statistics(cut);
  EXPECT_FALSE(cut.is_complete());
}

}  // namespace
}  // namespace sluice
