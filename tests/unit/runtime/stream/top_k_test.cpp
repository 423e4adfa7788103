// SPDX-License-Identifier: Apache-2.0
// Best classes first, ties by lower index, against a stable sort.
#include "runtime/base/top_k.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(TopK, ties_go_to_the_lower_class) {
  EXPECT_THAT(top_k(std::vector<std::int32_t>{5, 9, 9, 5, 9}, 4), ElementsAre(1, 2, 4, 0));
  EXPECT_THAT(top_k(std::vector<std::int32_t>{3, 3, 3}, 1), ElementsAre(0));
}

TEST(TopK, k_is_bounded_by_the_classes) {
  EXPECT_THAT(top_k(std::vector<std::int32_t>{1, 2}, 5), ElementsAre(1, 0));
  EXPECT_THAT(top_k(std::vector<std::int32_t>{1, 2}, 0), IsEmpty());
  EXPECT_THAT(top_k(std::vector<std::int32_t>{}, 3), IsEmpty());
}

TEST(TopK, nan_comes_last) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(top_k(std::vector<float>{nan, -INFINITY, nan, 1.0f}, 4), ElementsAre(3, 1, 0, 2));
}

TEST(TopK, agrees_with_a_stable_sort) {
  const unsigned seed = 99;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::int32_t> scores(1 + random() % 40);
    for (auto& score : scores) score = static_cast<std::int32_t>(random() % 7) - 3;
    std::vector<int> order(scores.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; });
    const std::size_t k = random() % 45;
    order.resize(std::min(k, order.size()));
    EXPECT_EQ(top_k(scores, k), order);
  }
}

}  // namespace
}  // namespace sluice
