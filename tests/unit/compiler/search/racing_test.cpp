// SPDX-License-Identifier: Apache-2.0
// Races: the share of candidates dropped wrongly stays below the stated error; bad ones are dropped early.
#include "compiler/search/racing.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/search/sampler/random.hpp"

namespace sluice::search {
namespace {

using testing::HasSubstr;

// A candidate of which `only_float` pictures are right in float only, `only_candidate` in the candidate only.
std::vector<Paired> population(std::int64_t pictures, std::int64_t only_float, std::int64_t only_candidate) {
  std::vector<Paired> all(static_cast<std::size_t>(pictures), Paired::same);
  std::fill_n(all.begin(), only_float, Paired::only_float_right);
  std::fill_n(all.begin() + only_float, only_candidate, Paired::only_candidate_right);
  return all;
}

Race run(const std::vector<Paired>& all, const RaceOptions& options, std::uint64_t seed, std::uint64_t trial) {
  Race race = Race::create(options).value();
  for (const std::int64_t picture : picture_order(options.pictures, seed, trial))
    race.add(std::span(&all[static_cast<std::size_t>(picture)], 1));
  return race;
}

class RaceSeeds : public testing::TestWithParam<std::uint64_t> {};

// The hardest candidates lose exactly as much as they may; looks after every picture.
TEST_P(RaceSeeds, WrongDropsStayBelowTheError) {
  for (const double error : {0.01, 0.05, 0.2}) {
    constexpr std::int64_t kPictures = 400, kLimit = 4, kCandidates = 2000;
    std::int64_t dropped = 0;
    Random random(GetParam(), 0);
    for (std::int64_t i = 0; i < kCandidates; ++i) {
      const auto only_candidate = static_cast<std::int64_t>(random.below(80));
      const auto all = population(kPictures, only_candidate + kLimit, only_candidate);
      dropped += run(all, {kPictures, 1.0, error}, GetParam(), static_cast<std::uint64_t>(i)).verdict() == Verdict::dropped;
    }
    const double share = static_cast<double>(dropped) / kCandidates;
    std::cout << "seed " << GetParam() << ": of candidates at the limit " << 100 * share << " % dropped, allowed "
              << 100 * error << " %\n";
    EXPECT_LE(share, error + 3 * std::sqrt(error * (1 - error) / kCandidates));
  }
}

TEST_P(RaceSeeds, MeanShareOfPicturesThatIsLookedAt) {
  constexpr std::int64_t kPictures = 2000;
  for (const auto& [loss, most_share] : {std::pair{3, 0.85}, {6, 0.45}, {12, 0.2}, {40, 0.06}}) {
    double seen = 0;
    for (std::uint64_t trial = 0; trial < 200; ++trial) {
      const auto all = population(kPictures, (loss + 3) * kPictures / 100, 3 * kPictures / 100);
      const Race race = run(all, {kPictures, 1.0, 0.01}, GetParam(), trial);
      EXPECT_EQ(race.verdict(), Verdict::dropped);
      seen += static_cast<double>(race.seen()) / kPictures / 200;
    }
    std::cout << "seed " << GetParam() << ": loss " << loss << " points, limit 1: dropped after " << 100 * seen
              << " % of " << kPictures << " pictures\n";
    EXPECT_LT(seen, most_share) << loss;
  }
}

INSTANTIATE_TEST_SUITE_P(Seed, RaceSeeds, testing::Range<std::uint64_t>(1, 4),
                         [](const auto& info) { return std::to_string(info.param); });

TEST(Race, TheLastPictureIsCertain) {
  const RaceOptions options{1000, 0.3, 0.001};
  const Race within = run(population(1000, 10, 7), options, 1, 1);
  EXPECT_EQ(within.verdict(), Verdict::finished);
  EXPECT_DOUBLE_EQ(within.loss_points(), 0.3);
  EXPECT_EQ(run(population(1000, 11, 7), options, 1, 1).verdict(), Verdict::dropped);
}

// The limit can no longer be held although nothing was bet: all pictures lost, of few.
TEST(Race, CertainlyLostBeforeTheEnd) {
  Race race = Race::create({10, 0, 1e-9}).value();
  EXPECT_EQ(race.add(std::vector(6, Paired::only_float_right)), Verdict::dropped);
  EXPECT_EQ(race.seen(), 6);
}

// After five lost of ten, every picture to come must be won back; each that is keeps the race open.
TEST(Race, WonBackAtTheLastMoment) {
  Race race = Race::create({10, 0, 1e-9}).value();
  EXPECT_EQ(race.add(std::vector(5, Paired::only_float_right)), Verdict::open);
  EXPECT_EQ(race.add(std::vector(4, Paired::only_candidate_right)), Verdict::open);
  EXPECT_EQ(race.add(std::vector(1, Paired::only_candidate_right)), Verdict::finished);
  EXPECT_DOUBLE_EQ(race.loss_points(), 0);
}

TEST(Race, OrdersArePermutationsOfTheirOwn) {
  std::vector<std::int64_t> order = picture_order(100, 1, 5);
  EXPECT_EQ(order, picture_order(100, 1, 5));
  EXPECT_NE(order, picture_order(100, 1, 6));
  EXPECT_NE(order, picture_order(100, 2, 5));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 100; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(Race, RefusesWhatCannotBeJudged) {
  EXPECT_THAT(Race::create({0, 1, 0.01}).error().text(), HasSubstr("needs pictures"));
  EXPECT_THAT(Race::create({10, 100, 0.01}).error().text(), HasSubstr("outside 0 to 100"));
  EXPECT_THAT(Race::create({10, 1, 0}).error().text(), HasSubstr("between 0 and 1"));
}

}  // namespace
}  // namespace sluice::search
