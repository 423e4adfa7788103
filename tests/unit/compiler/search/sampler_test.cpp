// SPDX-License-Identifier: Apache-2.0
// Samplers: the same trials however they are told or taken up again, and better ones than at random.
#include "compiler/search/sampler/tpe_sampler.hpp"

#include <cmath>
#include <memory>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/search/sampler/ranking.hpp"

namespace sluice::search {
namespace {

using testing::HasSubstr;
using Evaluate = Outcome (*)(const Point&);

struct Problem {
  Space space;
  Evaluate evaluate;
};

Space space_of(std::size_t variables, std::int64_t high, std::size_t objectives, std::size_t constraints) {
  Space space{.objectives = objectives, .constraints = constraints};
  for (std::size_t i = 0; i < variables; ++i) space.variables.push_back({"", 0, high, false});
  return space;
}

double squares(const Point& point, double centre) {
  double sum = 0;
  for (const std::int64_t x : point) sum += std::pow((static_cast<double>(x) - centre) / 100, 2);
  return sum;
}

const Problem kSphere{space_of(20, 100, 1, 0), [](const Point& x) { return Outcome{{squares(x, 70)}, {}}; }};
// The least sum of squares around 70 with a mean of at most 30.
const Problem kConstrained{space_of(20, 100, 1, 1), [](const Point& x) {
                             const auto sum = static_cast<double>(std::accumulate(x.begin(), x.end(), std::int64_t{0}));
                             return Outcome{{squares(x, 70)}, {sum / 20 - 30}};
                           }};
const Problem kTwo{space_of(6, 100, 2, 0),
                   [](const Point& x) { return Outcome{{squares(x, 20), squares(x, 80)}, {}}; }};

std::unique_ptr<Sampler> sampler_of(const Space& space, SamplerOptions options, TpeOptions tpe = {}) {
  return std::make_unique<TpeSampler>(TpeSampler::create(space, std::move(options), tpe).value());
}

std::vector<Trial> run(Sampler& sampler, const Problem& problem, std::size_t trials) {
  while (sampler.trials().size() < trials)
    EXPECT_TRUE(sampler.tell(problem.evaluate(Point(sampler.ask().front()))));
  return sampler.trials();
}

class SamplerSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SamplerSeeds, BetterThanAtRandom) {
  for (const Problem& problem : {kSphere, kConstrained}) {
    RandomSampler random = RandomSampler::create(problem.space, {.seed = GetParam()}).value();
    const Outcome at_random = run(random, problem, 150)[front(random.trials())[0]].outcome;
    for (const Proposal proposal : {Proposal::separate, Proposal::joint, Proposal::incumbent}) {
      const auto tpe = sampler_of(problem.space, {.seed = GetParam()}, {.proposal = proposal});
      const Outcome found = run(*tpe, problem, 150)[front(tpe->trials())[0]].outcome;
      EXPECT_TRUE(found.is_feasible());
      const double least = at_random.is_feasible() ? at_random.objectives[0] : 100;
      EXPECT_LT(found.objectives[0], 0.9 * least) << static_cast<int>(proposal);
    }
  }
}

TEST_P(SamplerSeeds, IncumbentComesNearTheMinimum) {
  const auto tpe = sampler_of(kSphere.space, {.seed = GetParam()});
  run(*tpe, kSphere, 200);
  EXPECT_LT(tpe->trials()[front(tpe->trials())[0]].outcome.objectives[0], 0.35);  // at random 1.3 to 2
}

TEST_P(SamplerSeeds, FrontOfTwoObjectives) {
  const auto tpe = sampler_of(kTwo.space, {.seed = GetParam()});
  run(*tpe, kTwo, 200);
  const std::vector<std::size_t> kept = front(tpe->trials());
  EXPECT_GE(kept.size(), 8u);
  // On the best front both objectives are at most 2.16; half way between, 0.54 each.
  double nearest = 10;
  for (const std::size_t i : kept) {
    const std::vector<double>& values = tpe->trials()[i].outcome.objectives;
    nearest = std::min(nearest, std::max(values[0], values[1]));
  }
  EXPECT_LT(nearest, 0.8);
}

// A search that is killed after any trial and goes on from its trials gives the same ones; so does one whose outcomes
// come a batch at a time.
TEST_P(SamplerSeeds, SameTrialsAfterAKillAtAnyTrial) {
  for (const Proposal proposal : {Proposal::separate, Proposal::joint, Proposal::incumbent}) {
    const SamplerOptions options{.seed = GetParam(), .batch = 7, .starts = {Point(20, 5), Point(20, 50)}};
    const auto whole = sampler_of(kConstrained.space, options, {.proposal = proposal});
    const std::vector<Trial> trials = run(*whole, kConstrained, 40);
    EXPECT_EQ(trials[1].point, Point(20, 50));
    for (std::size_t kill = 0; kill <= trials.size(); ++kill) {
      const auto resumed = sampler_of(kConstrained.space, options, {.proposal = proposal});
      ASSERT_TRUE(resumed->restore({trials.begin(), trials.begin() + static_cast<std::ptrdiff_t>(kill)}));
      ASSERT_EQ(run(*resumed, kConstrained, 40), trials) << "killed at " << kill;
    }
    const auto batches = sampler_of(kConstrained.space, options, {.proposal = proposal});
    while (batches->trials().size() < 40) {
      std::vector<Outcome> outcomes;
      for (const Point& point : batches->ask()) outcomes.push_back(kConstrained.evaluate(point));
      for (Outcome& outcome : outcomes) ASSERT_TRUE(batches->tell(std::move(outcome)));
    }
    EXPECT_TRUE(std::equal(trials.begin(), trials.end(), batches->trials().begin()));
  }
}

TEST_P(SamplerSeeds, NothingIsTriedTwice) {
  const Problem small{space_of(2, 12, 1, 0), [](const Point& x) { return Outcome{{squares(x, 3)}, {}}; }};
  const auto tpe = sampler_of(small.space, {.seed = GetParam(), .batch = 4}, {.random_trials = 1});
  const std::vector<Trial> trials = run(*tpe, small, 60);
  for (std::size_t i = 0; i < trials.size(); ++i)
    for (std::size_t k = 4; k < i; ++k) EXPECT_NE(trials[i].point, trials[k].point) << i << " and " << k;
}

INSTANTIATE_TEST_SUITE_P(Seed, SamplerSeeds, testing::Range<std::uint64_t>(1, 4),
                         [](const auto& info) { return std::to_string(info.param); });

TEST(Sampler, RefusesTrialsOfAnotherSearch) {
  const auto first = sampler_of(kSphere.space, {.seed = 1});
  const auto other = sampler_of(kSphere.space, {.seed = 2});
  const Status status = other->restore(run(*first, kSphere, 12));
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr("trial 0 is not one that this search would have made"));
}

TEST(Sampler, RefusesWhatCannotBeSampled) {
  const auto error = [](Space space, SamplerOptions options = {}) {
    const Result<TpeSampler> made = TpeSampler::create(std::move(space), std::move(options));
    return made ? std::string() : made.error().text();
  };
  EXPECT_THAT(error({}), HasSubstr("no variables"));
  EXPECT_THAT(error({.variables = {{"l1.tau_w", 5, 4, false}}}), HasSubstr("l1.tau_w: its range [5, 4] is empty"));
  EXPECT_THAT(error({.variables = {{"", 0, 4, true}}}), HasSubstr("variable 0: a log scale begins at 1"));
  EXPECT_THAT(error({.variables = {{"x", 0, 4, false}}}, {.starts = {{9}}}), HasSubstr("starting point 0: x: 9 is outside [0, 4]"));
  EXPECT_THAT(error({.variables = {{"x", 0, 4, false}}}, {.batch = 0}), HasSubstr("batch of 0"));

  const auto tpe = sampler_of(kConstrained.space, {});
  EXPECT_THAT(tpe->tell({{1.0}, {}}).error().text(), HasSubstr("1 violations, not 0"));
  EXPECT_THAT(tpe->tell({{NAN}, {0}}).error().text(), HasSubstr("must be a finite number"));
}

}  // namespace
}  // namespace sluice::search
