// SPDX-License-Identifier: Apache-2.0
// Class names, with and without WordNet numbers.
#include "runtime/images/label_names.hpp"

#include <gmock/gmock.h>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LabelNames, one_name_per_line) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_label_names(folder.write("l", "air plane\r\ncar\n\nbird")).value(),
              ElementsAre("air plane", "car", "bird"));
}

TEST(LabelNames, wordnet_numbers_are_dropped_when_every_line_has_one) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_label_names(folder.write("l", "n01440764 tench, Tinca tinca\nn01443537 goldfish\n")).value(),
              ElementsAre("tench, Tinca tinca", "goldfish"));
  EXPECT_THAT(read_label_names(folder.write("l", "n01440764 tench\ngoldfish\n")).value(),
              ElementsAre("n01440764 tench", "goldfish"));
  EXPECT_THAT(read_label_names(folder.write("l", "n01440764\nn01443537\n")).value(),
              ElementsAre("n01440764", "n01443537"));
}

TEST(LabelNames, wrong_count_is_refused_with_both_numbers) {
  const TemporaryFolder folder;
  const auto names = read_label_names(folder.write("l", "a\nb\n"), 10);
  ASSERT_FALSE(names);
  EXPECT_THAT(names.error().text(), HasSubstr("2 class names, the network has 10 classes"));
  EXPECT_EQ(read_label_names(folder.write("l", "\n")).error().fault(), Fault::user);
}

TEST(LabelNames, other_encodings_are_refused_with_the_line) {
  const TemporaryFolder folder;
  const auto names = read_label_names(folder.write("l", "tea\ncaf\xE9\n"));
  ASSERT_FALSE(names);
  EXPECT_THAT(names.error().text(), HasSubstr("line 2: \"caf\\xE9\" is not UTF-8; convert the file"));
  EXPECT_THAT(read_label_names(folder.write("l", "tea\ncaf\xC3\xA9\n")).value(), ElementsAre("tea", "caf\xC3\xA9"));
}

TEST(LabelNames, what_moves_a_cursor_becomes_visible) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_label_names(folder.write("l", "\x1B[31mred\n")).value(), ElementsAre("\\x1B[31mred"));
}

TEST(LabelNames, long_names_are_refused_with_their_length) {
  const TemporaryFolder folder;
  EXPECT_TRUE(read_label_names(folder.write("l", std::string(1000, 'a'))));
  EXPECT_THAT(read_label_names(folder.write("l", std::string(1'000'000, 'a'))).error().text(),
              HasSubstr("a class name of 1000000 bytes; at most 1000"));
}

}  // namespace
}  // namespace sluice
