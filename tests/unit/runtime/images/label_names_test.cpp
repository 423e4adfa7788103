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

}  // namespace
}  // namespace sluice
