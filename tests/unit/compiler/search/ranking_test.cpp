// SPDX-License-Identifier: Apache-2.0
// Order of trials: hand-worked fronts and volumes, and random ones against their definitions.
#include "compiler/search/sampler/ranking.hpp"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/search/sampler/hypervolume.hpp"
#include "compiler/search/sampler/random.hpp"

namespace sluice::search {
namespace {

using testing::ElementsAre;
using Values = std::vector<double>;

Trial trial(Values objectives, Values violations = {}) { return {{}, {std::move(objectives), std::move(violations)}}; }

TEST(Ranking, FeasibleBeforeInfeasibleAndThoseByTheirSum) {
  const std::vector<Trial> trials = {trial({1}, {3, -9}), trial({5}, {0, 0}), trial({2}, {1, 1}), trial({4}, {-1, -1})};
  EXPECT_THAT(best_trials(trials, 1), ElementsAre(3));
  EXPECT_THAT(best_trials(trials, 2), ElementsAre(1, 3));
  EXPECT_THAT(best_trials(trials, 3), ElementsAre(1, 2, 3));
  EXPECT_THAT(front(trials), ElementsAre(3));
  EXPECT_THAT(front(std::span(trials).first(1)), ElementsAre(0));
  EXPECT_THAT(front({}), ElementsAre());
}

TEST(Ranking, EqualsByTheirRoomThenTheEarlier) {
  const std::vector<Trial> trials = {trial({1}, {-1}), trial({1}, {-3}), trial({1}, {-3}), trial({1}, {-2})};
  EXPECT_THAT(best_trials(trials, 1), ElementsAre(1));
  EXPECT_THAT(best_trials(trials, 3), ElementsAre(1, 2, 3));
}

TEST(Ranking, HandWorkedFront) {
  const std::vector<Trial> trials = {trial({3, 1}), trial({2, 2}), trial({3, 3}), trial({1, 3}), trial({2, 2}), trial({4, 4})};
  EXPECT_THAT(front(trials), ElementsAre(3, 1, 0));
  EXPECT_THAT(domination_ranks({{3, 1}, {2, 2}, {3, 3}, {1, 3}, {2, 2}, {4, 4}}), ElementsAre(0, 0, 1, 0, 0, 2));
  EXPECT_DOUBLE_EQ(hypervolume({{1, 3}, {2, 2}, {3, 1}}, {4, 4}), 6);
  EXPECT_DOUBLE_EQ(hypervolume({{1, 3, 0}, {2, 2, 0}, {3, 1, 0}}, {4, 4, 2}), 12);
  EXPECT_DOUBLE_EQ(hypervolume({{5, 1}}, {4, 4}), 0);
  // The ends first would cover 3 + 3; the middle alone covers 4, and then either end adds 1.
  EXPECT_THAT(covering_subset({{1, 3}, {2, 2}, {3, 1}}, 1), ElementsAre(1));
}

class RankingSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RankingSeeds, RanksAndVolumesAreTheirDefinitions) {
  Random random(GetParam(), 0);
  const std::size_t dimensions = 1 + random.below(4);
  std::vector<Values> points(5 + random.below(15));
  for (Values& point : points)
    for (std::size_t k = 0; k < dimensions; ++k) point.push_back(static_cast<double>(random.below(8)));

  // Peeled: rank r are those that nothing left dominates.
  const auto dominates = [](const Values& a, const Values& b) {
    return a != b && std::equal(a.begin(), a.end(), b.begin(), std::less_equal<>());
  };
  std::vector<std::size_t> peeled(points.size(), points.size());
  for (std::size_t rank = 0, left = points.size(); left > 0; ++rank) {
    std::vector<std::size_t> peel;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const bool is_free = std::none_of(points.begin(), points.end(), [&](const Values& other) {
        return peeled[static_cast<std::size_t>(&other - points.data())] >= rank && dominates(other, points[i]);
      });
      if (peeled[i] == points.size() && is_free) peel.push_back(i);
    }
    for (const std::size_t i : peel) peeled[i] = rank;
    left -= peel.size();
  }
  EXPECT_EQ(domination_ranks(points), peeled);

  // Unit cells of the grid that some point covers.
  std::size_t cells = 0, all = 1;
  for (std::size_t k = 0; k < dimensions; ++k) all *= 9;
  for (std::size_t cell = 0; cell < all; ++cell) {
    const bool is_covered = std::any_of(points.begin(), points.end(), [&](const Values& point) {
      std::size_t rest = cell;
      for (const double value : point) {
        if (value > static_cast<double>(rest % 9)) return false;
        rest /= 9;
      }
      return true;
    });
    cells += is_covered ? 1 : 0;
  }
  EXPECT_DOUBLE_EQ(hypervolume(points, Values(dimensions, 9)), static_cast<double>(cells));
}

INSTANTIATE_TEST_SUITE_P(Seed, RankingSeeds, testing::Range<std::uint64_t>(1, 41),
                         [](const auto& info) { return std::to_string(info.param); });

TEST(Ranking, ManyEqualPointsAreQuick) {
  const std::vector<Trial> trials(300, trial({1, 2, 3}));
  EXPECT_EQ(best_trials(trials, 30).size(), 30u);
}

}  // namespace
}  // namespace sluice::search
