// SPDX-License-Identifier: Apache-2.0
// Journals: cut at any byte they give whole trials and the same search; those of something else are refused.
#include "compiler/search/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/search/sampler/tpe_sampler.hpp"
#include "runtime/base/file.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::search {
namespace {

using testing::HasSubstr;

Study study() {
  return {.model_hash = "abc",
          .seed = 3,
          .space = {.variables = {{"l1.tau_w", 0, 63, false}, {"", 1, 99, true}}, .objectives = 1, .constraints = 1},
          .options = {{"batch", 4}}};
}

Outcome outcome_of(const Point& point) {
  return {{static_cast<double>(point[0]) / 3}, {static_cast<double>(point[1]) / 7 - 5}};
}

TpeSampler parzen_sampler() { return TpeSampler::create(study().space, {.seed = 3, .batch = 4}).value(); }

// Goes on to `trials` trials, and drops everything then, as a kill does.
std::vector<Trial> search(const std::filesystem::path& path, std::size_t trials) {
  Journal journal = Journal::open(path, study()).value();
  TpeSampler tpe = parzen_sampler();
  EXPECT_TRUE(tpe.restore(journal.trials()));
  while (tpe.trials().size() < trials) {
    EXPECT_TRUE(tpe.tell(outcome_of(Point(tpe.ask().front()))));
    EXPECT_TRUE(journal.append(tpe.trials().back(), {{"cycles", tpe.trials().size()}}));
  }
  return tpe.trials();
}

std::string refusal(const std::filesystem::path& path, const Study& wanted) {
  const std::string before = read_file(path).value();
  const Result<Journal> opened = Journal::open(path, wanted);
  EXPECT_EQ(read_file(path).value(), before);  // it is left as it was
  if (opened) return "";
  EXPECT_EQ(opened.error().fault(), Fault::user);
  return opened.error().text();
}

TEST(Journal, KilledAtEachTrialTheSearchIsTheSame) {
  const test::Scratch scratch;
  const std::vector<Trial> whole = search(scratch.path() / "whole", 24);
  for (std::size_t kill = 0; kill < 24; ++kill) {
    const auto path = scratch.path() / ("killed" + std::to_string(kill));
    search(path, kill);
    ASSERT_EQ(search(path, 24), whole) << "killed after " << kill;
    EXPECT_EQ(read_file(path).value(), read_file(scratch.path() / "whole").value());
  }
}

TEST(Journal, CutAtAnyByteTheSearchIsTheSame) {
  const test::Scratch scratch;
  const auto path = scratch.path() / "journal";
  const std::vector<Trial> whole = search(path, 6);
  const std::string text = read_file(path).value();
  for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
    ASSERT_TRUE(write_file(path, text.substr(0, bytes)));
    ASSERT_EQ(search(path, 6), whole) << "cut after " << bytes << " bytes";
    ASSERT_EQ(read_file(path).value(), text);
  }
}

TEST(Journal, KeepsFacts) {
  const test::Scratch scratch;
  search(scratch.path() / "journal", 3);
  const Journal journal = Journal::open(scratch.path() / "journal", study()).value();
  ASSERT_EQ(journal.facts().size(), 3u);
  EXPECT_EQ(journal.facts()[2]["cycles"], 3);
}

TEST(Journal, SaysWhatDiffers) {
  const test::Scratch scratch;
  const auto path = scratch.path() / "journal";
  search(path, 3);
  Study other = study();
  other.model_hash = "def";
  EXPECT_THAT(refusal(path, other), HasSubstr("another model (network, pictures or target): \"abc\" there, \"def\" now"));
  other = study();
  other.seed = 4;
  EXPECT_THAT(refusal(path, other), HasSubstr("another seed: 3 there, 4 now"));
  other = study();
  other.space.variables[0].high = 31;
  EXPECT_THAT(refusal(path, other), HasSubstr("another space"));
  other = study();
  other.options["batch"] = 8;
  EXPECT_THAT(refusal(path, other), HasSubstr("another option batch: 4 there, 8 now"));
  other.options = nlohmann::json::object();
  EXPECT_THAT(refusal(path, other), HasSubstr("an option batch (4) that is not given now"));
}

TEST(Journal, RefusesOtherFilesAndDamage) {
  const test::Scratch scratch;
  const auto path = scratch.path() / "journal";
  for (const std::string text : {"my thesis", "my thesis\n", "{\"journal\":\"of a ship\"}\n", "{}\n"}) {
    ASSERT_TRUE(write_file(path, text));
    EXPECT_THAT(refusal(path, study()), HasSubstr("is not a journal of a search")) << text;
  }
  std::filesystem::remove(path);
  search(path, 3);
  std::string text = read_file(path).value();
  text[text.find("\"point\"", text.find("\"trial\":1") - 100) + 1] = 'q';
  ASSERT_TRUE(write_file(path, text));
  EXPECT_THAT(refusal(path, study()), HasSubstr("is damaged"));
  EXPECT_THAT(Journal::open(scratch.path() / "none" / "journal", study()).error().text(), HasSubstr("ENOENT"));
}

TEST(Journal, OneWriterAtATime) {
  const test::Scratch scratch;
  const Journal first = Journal::open(scratch.path() / "journal", study()).value();
  EXPECT_THAT(Journal::open(scratch.path() / "journal", study()).error().text(), HasSubstr("another search is writing"));
}

}  // namespace
}  // namespace sluice::search
