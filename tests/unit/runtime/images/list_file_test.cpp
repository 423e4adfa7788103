// SPDX-License-Identifier: Apache-2.0
// The line rule of list files, and the sentences for lines that break it.
#include "runtime/images/list_file.hpp"

#include <gmock/gmock.h>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

TEST(ListFile, reads_files_and_labels) {
  const TemporaryFolder folder;
  const auto entries = read_list_file(folder.write("val.txt",
                                                   "\xEF\xBB\xBF"
                                                   "a.jpg 3\r\n\n  my cat.jpg\t 12 \nplain.png\nlast 7"))
                           .value();
  ASSERT_EQ(entries.size(), 4u);
  EXPECT_EQ(entries[0].file, "a.jpg");
  EXPECT_EQ(entries[0].label, 3);
  EXPECT_EQ(entries[1].file, "my cat.jpg");
  EXPECT_EQ(entries[1].label, 12);
  EXPECT_EQ(entries[2].file, "plain.png");
  EXPECT_EQ(entries[2].label, -1);
  EXPECT_EQ(entries[3].label, 7);
}

TEST(ListFile, commas_quotes_and_a_heading) {
  const TemporaryFolder folder;
  const auto entries =
      read_list_file(
          folder.write("val.csv", "file,label\ntrain/a.jpg,3\n\"my, cat.jpg\", 12\nb.jpg , 7\nx,y.png\nx,y.png 5\n"))
          .value();
  ASSERT_EQ(entries.size(), 5u);
  const std::pair<const char*, int> wanted[] = {
      {"train/a.jpg", 3}, {"my, cat.jpg", 12}, {"b.jpg", 7}, {"x,y.png", -1}, {"x,y.png", 5}};
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(entries[i].file, wanted[i].first);
    EXPECT_EQ(entries[i].label, wanted[i].second);
  }
}

TEST(ListFile, garbage_labels_are_refused_with_their_line) {
  const TemporaryFolder folder;
  for (const char* word : {"cat", "-1", "1.5", "3x"}) {
    const auto entries = read_list_file(folder.write("val.txt", std::string("a.jpg 0\n\nb.jpg ") + word + "\n"));
    ASSERT_FALSE(entries) << word;
    EXPECT_EQ(entries.error().fault(), Fault::user);
    EXPECT_THAT(entries.error().text(), HasSubstr("val.txt, line 3"));
    EXPECT_THAT(entries.error().text(), HasSubstr(word));
  }
  EXPECT_THAT(read_list_file(folder.write("val.txt", "a.jpg 99999999999\n")).error().text(), HasSubstr("too large"));
}

TEST(ListFile, empty_and_binary_files_are_refused) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_list_file(folder.write("val.txt", " \n\n")).error().text(), HasSubstr("names no picture"));
  EXPECT_THAT(read_list_file(folder.write("val.txt", std::string("a\0b 1\n", 6))).error().text(),
              HasSubstr("not a text file"));
  EXPECT_THAT(read_list_file(folder / "absent.txt").error().text(), HasSubstr("no such file"));
}

}  // namespace
}  // namespace sluice
