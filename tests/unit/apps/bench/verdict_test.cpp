// SPDX-License-Identifier: Apache-2.0
// VALID or INVALID: each condition alone, and the words for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "apps/bench/scenario.hpp"

namespace sluice::test {
namespace {

using bench::kShortLengths;
using bench::missed_conditions;
using bench::RunFacts;
using bench::Scenario;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const RunFacts kGood{.seconds = 10, .queries = 1000, .images = 1000};

TEST(Verdict, ARunThatHoldsEverythingIsValid) { EXPECT_THAT(missed_conditions(kGood, kShortLengths, {}), IsEmpty()); }

TEST(Verdict, EachConditionIsNamed) {
  RunFacts facts = kGood;
  facts.seconds = 9.99;
  EXPECT_THAT(missed_conditions(facts, kShortLengths, {}),
              ElementsAre("9.99 s, at least 10 s are needed: --seconds 10"));
  facts = kGood;
  facts.images = 999;
  EXPECT_THAT(missed_conditions(facts, kShortLengths, {}),
              ElementsAre("999 images, at least 1000 are needed: --seconds 12 would do"));
  facts = kGood;
  facts.images = 0;
  facts.was_interrupted = true;
  EXPECT_THAT(missed_conditions(facts, kShortLengths, {}),
              ElementsAre("it was interrupted", "0 images, at least 1000 are needed"));
}

TEST(Verdict, AServerKeepsItsBoundAndItsSchedule) {
  const bench::ServerLoad server{1000, milliseconds(15)};
  RunFacts facts = kGood;
  facts.p99_latency = milliseconds(15);
  facts.p99_lateness = std::chrono::microseconds(1500);
  EXPECT_THAT(missed_conditions(facts, kShortLengths, server), IsEmpty());
  facts.p99_latency = std::chrono::microseconds(15001);
  EXPECT_THAT(missed_conditions(facts, kShortLengths, server),
              ElementsAre("the 99th percentile of latency is 15.001 ms, above the bound of 15.000 ms"));
  EXPECT_THAT(missed_conditions(facts, kShortLengths, {}), IsEmpty()) << "other scenarios have no bound";
  facts.p99_latency = milliseconds(1);
  facts.p99_lateness = std::chrono::microseconds(1501);
  EXPECT_THAT(
      missed_conditions(facts, kShortLengths, server),
      ElementsAre("the schedule was not kept: queries were sent up to 1.501 ms late (99th percentile), 1.500 ms "
                  "are allowed: this machine is too busy"));
}

TEST(Verdict, TheOfficialLengths) {
  EXPECT_EQ(bench::mlperf_lengths(Scenario::single_stream).queries, 1024u);
  EXPECT_EQ(bench::mlperf_lengths(Scenario::multi_stream).queries, 270336u);
  EXPECT_EQ(bench::mlperf_lengths(Scenario::server).queries, 270336u);
  EXPECT_EQ(bench::mlperf_lengths(Scenario::offline).images, 24576u);
  for (const std::string& name : bench::scenario_names()) {
    EXPECT_EQ(bench::mlperf_lengths(bench::scenario_of(name)).seconds, 600);
    EXPECT_EQ(bench::name_of(bench::scenario_of(name)), name);
  }
  RunFacts facts{.seconds = 600, .queries = 270335, .images = 270335};
  EXPECT_THAT(
      missed_conditions(facts, bench::mlperf_lengths(Scenario::server), bench::ServerLoad{450, milliseconds(15)}),
      ElementsAre("270335 queries, at least 270336 are needed: --seconds 631 would do"));
}

}  // namespace
}  // namespace sluice::test
