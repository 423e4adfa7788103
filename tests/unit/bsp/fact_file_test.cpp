// SPDX-License-Identifier: Apache-2.0
// Every line that is wrong is named with its number.
#include "bsp/fact_file.hpp"

#include <gmock/gmock.h>

namespace sluice::bsp {
namespace {

using testing::HasSubstr;

constexpr Key kKeys[] = {{"name", true, false}, {"count", true, true}, {"share", false, true}};

Result<FactFile> read(const std::string& text) {
  FactFile facts = SLUICE_TRY(FactFile::parse("f.board", text));
  SLUICE_CHECK(facts.check(kKeys));
  return facts;
}

void expect_refused(const std::string& text, const std::string& words) {
  const auto facts = read(text);
  ASSERT_FALSE(facts) << "accepted: " << text;
  EXPECT_EQ(facts.error().fault(), Fault::user);
  EXPECT_THAT(facts.error().text(), HasSubstr(words));
}

TEST(FactFile, holds_values_and_sources) {
  const auto facts = read(
      "# a comment\n\nname = big board\r\ncount = 12   # confirmed: page 3, # 4\nshare=0.5 # unconfirmed: a guess\n");
  ASSERT_TRUE(facts) << facts.error().text();
  EXPECT_EQ(facts.value().text("name"), "big board");
  EXPECT_EQ(facts.value().whole("count", 0, 100).value(), 12);
  EXPECT_EQ(facts.value().facts().at("count").source, "page 3, # 4");
  EXPECT_TRUE(facts.value().facts().at("count").is_confirmed);
  EXPECT_FALSE(facts.value().facts().at("share").is_confirmed);
  EXPECT_DOUBLE_EQ(facts.value().number("share", 0, 1).value(), 0.5);
}

TEST(FactFile, names_the_line) {
  expect_refused("name big\n", "f.board:1: \"name big\" is no line");
  expect_refused("name = a\nname = b\n", "f.board:2: name stands in line 1 already");
  expect_refused("name =\n", "f.board:1: name: the value is missing");
  expect_refused("name = a\ncount = 1\n", "f.board:2: count has no source");
  expect_refused("name = a\ncount = 1 # seen somewhere\n", "f.board:2: count: \"seen somewhere\" is no source");
  expect_refused("name = a\ncount = 1 # confirmed:\n", "is no source");
  expect_refused("name = a\ncount = 1 # confirmed: x\ncolour = red\n",
                 "f.board:3: colour is not known; there are: name, count, share");
  expect_refused("name = a\n", "f.board: count is missing");
}

TEST(FactFile, numbers_are_in_their_range) {
  const auto value_of = [](const std::string& text) {
    return read("name = a\ncount = " + text + " # confirmed: x\n").value().whole("count", 1, 100);
  };
  EXPECT_EQ(value_of("100").value(), 100);
  for (const char* text : {"0", "101", "-1", "1e99", "nan", "inf", "12x", "ten", "1.5", "0x10"}) {
    const auto value = value_of(text);
    ASSERT_FALSE(value) << text;
    EXPECT_THAT(value.error().text(), HasSubstr("f.board:2: count = " + std::string(text)));
  }
}

}  // namespace
}  // namespace sluice::bsp
