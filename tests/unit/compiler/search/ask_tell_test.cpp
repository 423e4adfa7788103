// SPDX-License-Identifier: Apache-2.0
// A sampler driven over lines: points of whole batches, outcomes in any order, and what is refused.
#include "compiler/search/ask_tell.hpp"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/search/space_json.hpp"

namespace sluice::search {
namespace {

using nlohmann::json;
using testing::HasSubstr;

RandomSampler sampler() {
  return RandomSampler::create({.variables = {{"x", 0, 9, false}}, .constraints = 1}, {.seed = 1, .batch = 3}).value();
}

std::string outcome(std::size_t trial, double objective) {
  return outcome_line(trial, {{objective}, {-1}}).dump() + "\n";
}

TEST(AskTell, OutcomesOfABatchInAnyOrder) {
  RandomSampler driven = sampler();
  std::istringstream in(outcome(2, 5) + outcome(0, 7) + outcome(1, 6) + outcome(3, 1));
  std::ostringstream out;
  ASSERT_TRUE(drive_sampler(driven, nullptr, 4, in, out));
  ASSERT_EQ(driven.trials().size(), 4u);
  EXPECT_EQ(driven.trials()[0].outcome.objectives[0], 7);
  EXPECT_EQ(driven.trials()[2].outcome.objectives[0], 5);
  std::istringstream lines(out.str());
  std::string line;
  for (std::size_t trial = 0; trial < 4; ++trial) {
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(json::parse(line), point_line(trial, driven.trials()[trial].point));
  }
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line), (json{{"trials", 4}, {"best", {3}}}));
}

TEST(AskTell, InputThatEndsIsTheEnd) {
  RandomSampler driven = sampler();
  std::istringstream in(outcome(0, 7) + outcome(2, 5));
  std::ostringstream out;
  ASSERT_TRUE(drive_sampler(driven, nullptr, 100, in, out));
  EXPECT_EQ(driven.trials().size(), 1u);  // trial 1 is missing, so trial 2 cannot be told
  EXPECT_THAT(out.str(), HasSubstr(R"({"best":[0],"trials":1})"));
}

TEST(AskTell, RefusesOtherLines) {
  for (const auto& [text, sentence] :
       {std::pair<std::string, std::string>{"hello", "a line must be a JSON object"},
        {outcome(3, 1), "trial 3 was not asked for; open are 0 to 2"},
        {outcome(0, 1) + outcome(0, 1), "line 2 of the outcomes: trial 0 was told before"},
        {R"({"trial":-1})", "trials count from 0"},
        {R"({"trial":99999999999999999999})", "must be an integer"},
        {R"({"trial":0,"objectives":[1]})", "\"violations\" must be a list of numbers"},
        {R"({"trial":0,"objectives":["a"],"violations":[0]})", "which is no number"},
        {R"({"trial":0,"objectives":[1,2],"violations":[0]})", "has 1 objectives, not 2"}}) {
    RandomSampler driven = sampler();
    std::istringstream in(text);
    std::ostringstream out;
    const Status status = drive_sampler(driven, nullptr, 5, in, out);
    ASSERT_FALSE(status) << text;
    EXPECT_EQ(status.error().fault(), Fault::user);
    EXPECT_THAT(status.error().text(), HasSubstr(sentence));
  }
}

TEST(AskTell, SpacesReadAsTheyAreWritten) {
  const Space space{.variables = {{"l1.tau_w", -3, 9, false}, {"", 1, 64, true}}, .objectives = 2, .constraints = 1};
  EXPECT_EQ(space_of(to_json(space)).value(), space);
  for (const auto& [text, sentence] : {std::pair{R"([])", "must be an object"},
                                       {R"({})", "needs \"variables\""},
                                       {R"({"variables":[{"low":0}]})", "variable 0: \"high\" is missing"},
                                       {R"({"variables":[{"low":0,"high":1.5}]})", "must be an integer"},
                                       {R"({"variables":[{"low":0,"high":1}],"objectives":0})", "no objectives"},
                                       {R"({"variables":[{"low":0,"high":1}],"constraints":101})", "0 to 100"}}) {
    const Result<Space> read = space_of(json::parse(text));
    ASSERT_FALSE(read) << text;
    EXPECT_THAT(read.error().text(), HasSubstr(sentence));
  }
}

TEST(AskTell, AnEvaluatorSaysItsSpaceAndAnswersEachPoint) {
  const Space space{.variables = {{"x", 0, 9, false}}, .objectives = 1, .constraints = 1};
  const auto squared = [](std::size_t trial, const Point& point) {
    return Outcome{{double(point[0] * point[0])}, {double(trial)}};
  };
  std::istringstream in(point_line(4, {3}).dump() + "\n" + point_line(0, {9}).dump() +
                        "\n{\"best\": [0], \"trials\": 2}\nnever read\n");
  std::ostringstream out;
  ASSERT_TRUE(drive_evaluator(space, {{7}}, squared, in, out));
  std::istringstream lines(out.str());
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(space_of(json::parse(line)).value(), space);
  EXPECT_EQ(json::parse(line).at("starts"), (json{{7}}));
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line), outcome_line(4, {{9}, {4}}));
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(json::parse(line), outcome_line(0, {{81}, {0}}));
  std::istringstream bad(point_line(0, {10}).dump() + "\n");
  const Status status = drive_evaluator(space, {}, squared, bad, out);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(), HasSubstr("line 1 of the points"));
}

}  // namespace
}  // namespace sluice::search
