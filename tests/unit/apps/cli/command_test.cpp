// SPDX-License-Identifier: Apache-2.0
// How the command ends: help, version, refused options, and an exit status with a sentence for every failure, thrown or
// returned. None of them ends the process.
#include <filesystem>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <tbb/parallel_for.h>
#include <opencv2/core.hpp>

#include "apps/cli/command.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "tests/unit/apps/cli/commands.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Command, every_verb_has_a_help_that_says_what_is_seeded) {
  for (const cli::Verb& verb : cli::all_verbs()) {
    SCOPED_TRACE(verb.name);
    const Finished done = command({verb.name, "-h"});
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(done.err, "");
    for (const char* option : {"--json", "--quiet", "--seed", "--version", verb.name})
      EXPECT_THAT(done.out, HasSubstr(option));
    EXPECT_THAT(done.out, HasSubstr(verb.seeds ? "seed of " : "nothing is random in this verb"));
  }
}

TEST(Command, help_lists_every_verb) {
  const Finished done = command({"--help"});
  EXPECT_EQ(done.status, 0);
  for (const cli::Verb& verb : cli::all_verbs())
    EXPECT_THAT(done.out, AllOf(HasSubstr(verb.name), HasSubstr(verb.what)));
}

TEST(Command, without_a_verb_all_are_told_within_100_columns) {
  const Finished done = command({});
  EXPECT_EQ(done.status, 1);
  for (const cli::Verb& verb : cli::all_verbs()) EXPECT_THAT(done.err, HasSubstr(std::string("\n") + verb.name));
  std::istringstream lines(done.err);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100u) << line;
}

TEST(Command, version_is_told_by_itself_and_by_a_verb) {
  for (const auto& words : {std::vector<std::string>{"--version"}, {"plan", "--version"}}) {
    const Finished done = command(words);
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(done.out, "sluice 0.1.0\n");
  }
}

struct Refused {
  const char* name;
  std::vector<std::string> words;
  const char* says;
};

void PrintTo(const Refused& refused, std::ostream* out) { *out << refused.name; }

class RefusedOptions : public ::testing::TestWithParam<Refused> {};

TEST_P(RefusedOptions, end_with_status_1_and_name_what_is_wrong) {
  const Finished done = command(GetParam().words);
  EXPECT_EQ(done.status, 1);
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr(GetParam().says));
  if (!GetParam().words.empty()) EXPECT_THAT(done.err, StartsWith("error: "));
}

const Refused kRefused[] = {
    {"no_verb", {}, "sluice plan model.onnx --calib pictures/ -o my_bundle"},
    {"unknown_verb", {"clasify", "b"}, "no verb \"clasify\"; the nearest is classify; there are check, plan"},
    {"begun_verb", {"sim"}, "the nearest is simulate;"},
    {"far_verb", {"transmogrify"}, "no verb \"transmogrify\"; there are check, plan"},
    {"missing_argument", {"classify"}, "bundle is required"},
    {"unknown_option", {"inspect", "b", "--lay"}, "--lay"},
    {"word_for_a_number", {"bench", "b", "--seconds", "long"}, "long"},
    {"number_outside_its_range", {"classify", "b", "p", "--top", "0"}, "--top"},
    {"unknown_choice", {"classify", "b", "p", "--format", "xml"}, "xml"},
    {"seed_that_is_no_number", {"bench", "b", "--seed", "x"}, "--seed"},
    {"number_that_is_none", {"bench", "b", "--seconds", "nan"}, "--seconds: nan is no finite number"},
    {"endless_number", {"classify", "b", "p", "--target-fps", "-inf"}, "--target-fps: -inf is no finite number"},
    {"one_number_of_several", {"plan", "m", "--calib", "p", "-o", "b", "--mean", "1,nan"}, "--mean: nan is no"},
    {"number_that_may_be_left_out", {"simulate", "b", "--images", "p", "--clock-mhz", "nan"}, "--clock-mhz: nan is"},
    {"count_below_none", {"classify", "b", "p", "--first", "-1"}, "--first: -1 is below 0"},
    {"row_below_none", {"simulate", "b", "--images", "p", "--row", "0,-2"}, "--row: -2 is below 0"},
    {"seed_below_none", {"bench", "b", "--seed", "-1"}, "--seed: -1 is below 0"},
    {"output_without_a_name", {"report", "b", "-o", ""}, "--output: a path is empty"},
    {"argument_without_a_name", {"classify", "b", ""}, "pictures: a path is empty"},
    {"options_that_exclude_each_other", {"replay", "log", "--table", "t", "--bundle", "b"}, "excludes"},
};

INSTANTIATE_TEST_SUITE_P(each, RefusedOptions, ::testing::ValuesIn(kRefused),
                         [](const auto& info) { return std::string(info.param.name); });

// A verb of its own for each way to end.
template <void (*body)()>
cli::Run throws(cli::Command, const cli::Common&) {
  return []() -> Status {
    body();
    return ok();
  };
}
template <Error (*error)()>
cli::Run fails(cli::Command, const cli::Common&) {
  return []() -> Status { return error(); };
}
template <void (*body)()>
cli::Run throws_at_once(cli::Command, const cli::Common&) {
  body();
  return {};
}

void nothing() {}
void out_of_memory() { throw std::bad_alloc(); }
void opencv() { CV_Error(cv::Error::StsOutOfRange, "no such pixel"); }
void no_file() { std::filesystem::rename("gone.onnx", "gone_too.onnx"); }
void wrong_json() { static_cast<void>(nlohmann::json{{"alms", "many"}}.at("alms").get<int>()); }
void logic() { throw std::logic_error("index 7 of 5"); }
void number() { throw 7; }
void in_task(void (*body)()) {
  tbb::parallel_for(0, 100, [&](int i) {
    if (i == 57) body();
  });
}
void out_of_memory_in_a_task() { in_task(out_of_memory); }
void logic_in_a_task() { in_task(logic); }
Error user() { return user_error("a.png: too small"); }
Error world() { return world_error("write() failed: ENOSPC (28)"); }
Error bug() { return bug_error("sum 7 where 8 was proven"); }

struct Ending {
  cli::Verb verb;
  int status;
  std::vector<std::string> says;
};

void PrintTo(const Ending& ending, std::ostream* out) { *out << ending.verb.name; }

class Endings : public ::testing::TestWithParam<Ending> {};

TEST_P(Endings, have_their_status_and_a_sentence) {
  const Finished done = command({GetParam().verb.name}, {&GetParam().verb, 1});
  EXPECT_EQ(done.status, GetParam().status);
  EXPECT_EQ(done.out, "");
  if (GetParam().status == 0)
    EXPECT_EQ(done.err, "");
  else
    EXPECT_THAT(done.err, StartsWith("error: "));
  for (const std::string& words : GetParam().says) EXPECT_THAT(done.err, HasSubstr(words));
  EXPECT_THAT(done.err.substr(0, done.err.size() - (done.err.empty() ? 0 : 1)), Not(HasSubstr("\n"))) << "one sentence";
}

const Ending kEndings[] = {
    {{"done", "", nullptr, throws<nothing>}, 0, {}},
    {{"user", "", nullptr, fails<user>}, 1, {"a.png: too small"}},
    {{"world", "", nullptr, fails<world>}, 2, {"ENOSPC (28)"}},
    {{"bug", "", nullptr, fails<bug>}, 3, {"a bug in sluice", "8 was proven"}},
    {{"out_of_memory", "", nullptr, throws<out_of_memory>},
     2,
     {"sluice out_of_memory", "memory is used up", "--first"}},
    {{"opencv", "", nullptr, throws<opencv>}, 2, {"sluice opencv", "OpenCV", "no such pixel"}},
    {{"no_file", "", nullptr, throws<no_file>}, 2, {"sluice no_file", "gone.onnx"}},
    {{"wrong_json", "", nullptr, throws<wrong_json>},
     3,
     {"a bug in sluice", "sluice wrong_json", "must be number", "alms"}},
    {{"logic", "", nullptr, throws<logic>}, 3, {"a bug in sluice", "index 7 of 5"}},
    {{"number", "", nullptr, throws<number>}, 3, {"a bug in sluice", "sluice number"}},
    {{"out_of_memory_in_a_task", "", nullptr, throws<out_of_memory_in_a_task>}, 2, {"memory is used up"}},
    {{"logic_in_a_task", "", nullptr, throws<logic_in_a_task>}, 3, {"a bug in sluice", "index 7 of 5"}},
    {{"while_declaring", "", nullptr, throws_at_once<logic>}, 3, {"a bug in sluice", "index 7 of 5"}},
};

INSTANTIATE_TEST_SUITE_P(each, Endings, ::testing::ValuesIn(kEndings),
                         [](const auto& info) { return std::string(info.param.verb.name); });

TEST(Command, quiet_leaves_errors) {
  static const cli::Verb verb{"user", "", nullptr, fails<user>};
  EXPECT_THAT(command({"user", "--quiet"}, {&verb, 1}).err, HasSubstr("too small"));
}

[[noreturn]] void throw_in_a_thread() {
  cli::end_with_a_sentence_on_terminate();
  std::thread([] { throw std::logic_error("cut the wrong wire"); }).join();
  std::exit(0);
}

TEST(CommandDeathTest, an_exception_that_leaves_a_thread_is_told) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(throw_in_a_thread(), ::testing::ExitedWithCode(3), "error: this is a bug in sluice.*cut the wrong wire");
}

}  // namespace
}  // namespace sluice::test
