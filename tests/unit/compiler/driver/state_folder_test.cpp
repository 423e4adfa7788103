// SPDX-License-Identifier: Apache-2.0
// A state folder gives back what was saved, notices what was damaged, and leaves only what is to be kept.
#include "compiler/driver/state_folder.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Folder : public ::testing::Test {
 protected:
  void save_two(StateFolder& state) {
    ASSERT_TRUE(state.save(0, {"first", {{"--a", 1}}, 0.5, {}}, {{"a.bin", "aaaa"}}));
    ASSERT_TRUE(state.save(1, {"second", {}, 2, {}}, {{"b.json", "{}"}, {"deep/c.bin", std::string("\0c", 2)}}));
  }
  StateFolder opened() { return StateFolder::open(path_).value(); }

  Scratch scratch_;
  const fs::path path_ = scratch_.path() / "state";
};

TEST_F(Folder, gives_back_what_was_saved) {
  {
    StateFolder state = opened();
    save_two(state);
    state.keep();
  }
  const StateFolder state = opened();
  ASSERT_EQ(state.finished().size(), 2u);
  EXPECT_EQ(state.trouble(), "");
  EXPECT_EQ(state.finished()[0].options["--a"], 1);
  EXPECT_EQ(state.finished()[1].seconds, 2);
  EXPECT_EQ(state.read(0).value(), (BundleFiles{{"a.bin", "aaaa"}}));
  EXPECT_EQ(state.read(1).value().at("deep/c.bin"), std::string("\0c", 2));
}

TEST_F(Folder, goes_with_whoever_made_it_and_stays_where_it_was_before) {
  {
    StateFolder state = opened();
    save_two(state);
  }
  EXPECT_FALSE(fs::exists(path_));
  {
    StateFolder state = opened();
    save_two(state);
    state.keep();
  }
  { const StateFolder state = opened(); }
  EXPECT_TRUE(fs::exists(path_));
  StateFolder state = opened();
  EXPECT_TRUE(state.remove());
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(Folder, forgets_later_phases_when_an_earlier_one_is_saved) {
  StateFolder state = opened();
  save_two(state);
  ASSERT_TRUE(state.save(0, {"first", {}, 1, {}}, {{"a.bin", "bbbb"}}));
  state.keep();
  const StateFolder again = opened();
  ASSERT_EQ(again.finished().size(), 1u);
  EXPECT_EQ(again.read(0).value().at("a.bin"), "bbbb");
}

TEST_F(Folder, notices_files_that_were_cut_or_are_gone) {
  StateFolder state = opened();
  save_two(state);
  ASSERT_TRUE(replace_file(path_ / "first/a.bin", "aaa"));
  EXPECT_THAT(state.read(0).error().text(), HasSubstr("a.bin: damaged"));
  fs::remove(path_ / "second/b.json");
  EXPECT_THAT(state.read(1).error().text(), HasSubstr("b.json"));
  EXPECT_EQ(state.read(1).error().fault(), Fault::user);
}

TEST_F(Folder, a_broken_or_older_one_counts_as_empty) {
  {
    StateFolder state = opened();
    save_two(state);
    state.keep();
  }
  const std::string good = read_file(path_ / "state.json").value();
  ASSERT_TRUE(replace_file(path_ / "state.json", good.substr(0, good.size() / 2)));
  EXPECT_THAT(opened().trouble(), HasSubstr("state.json is broken"));
  nlohmann::json j = nlohmann::json::parse(good);
  j["versions"]["state"] = 99;
  ASSERT_TRUE(replace_file(path_ / "state.json", j.dump()));
  EXPECT_THAT(opened().trouble(), HasSubstr("another version"));
  j = nlohmann::json::parse(good);
  j["finished"][1].erase("files");
  ASSERT_TRUE(replace_file(path_ / "state.json", j.dump()));
  EXPECT_THAT(opened().trouble(), HasSubstr("files"));
  EXPECT_TRUE(opened().finished().empty());
}

TEST_F(Folder, another_folder_is_refused_and_left_alone) {
  fs::create_directory(path_);
  std::ofstream(path_ / "thesis.tex") << "text";
  const auto refused = StateFolder::open(path_);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("is no state of a plan"));
  EXPECT_TRUE(fs::exists(path_ / "thesis.tex"));
  EXPECT_THAT(StateFolder::open(scratch_.path() / "no/state").error().text(), HasSubstr("no such folder"));
}

}  // namespace
}  // namespace sluice::test
