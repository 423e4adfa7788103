// SPDX-License-Identifier: Apache-2.0
// Tables on a terminal: their width, what gives way, and that no control character leaves for a file.
#include "apps/cli/text_table.hpp"

#include <sstream>

#include <gmock/gmock.h>

namespace sluice::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kText = TableColumn::Holds::text;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST(TextTable, columns_are_as_wide_as_what_they_hold) {
  TextTable table({{"layer", kText}, {"cycles"}});
  table.add({"l0", "12"});
  table.add({"l01_stem", "7"});
  EXPECT_EQ(table.text(false), "layer     cycles\nl0            12\nl01_stem       7\n");
}

TEST(TextTable, the_widest_text_gives_way_and_nothing_of_it_is_lost) {
  TextTable table({{"node", kText}, {"note", kText}, {"count"}});
  const std::string name(150, 'n');
  const std::string note =
      "words that are broken at spaces because there is no room for all of them in one single line of it";
  table.add({name, note, "1234567"});
  std::string together;
  for (const std::string& line : lines_of(table.text(false))) {
    EXPECT_LE(line.size(), kMostColumns) << line;
    for (const char c : line) together += c == ' ' ? "" : std::string(1, c);
  }
  EXPECT_EQ(std::count(together.begin(), together.end(), 'n'), 150 + 3 + std::count(note.begin(), note.end(), 'n'));
  EXPECT_THAT(together, HasSubstr("1234567"));
}

TEST(TextTable, characters_are_counted_not_bytes) {
  TextTable table({{"a", kText}, {"b"}});
  table.add({"\xC3\xA9\xC3\xA9", "1"});
  table.add({"xy", "2"});
  EXPECT_EQ(table.text(false), "a   b\n\xC3\xA9\xC3\xA9  1\nxy  2\n");
  TextTable wide({{"a", kText}});
  std::string name;
  for (int i = 0; i < 150; ++i) name += "\xC3\xA9";
  wide.add({name});
  EXPECT_EQ(lines_of(wide.text(false)).at(1).size(), 2 * kMostColumns) << "cut between characters";
}

TEST(TextTable, colour_is_for_terminals_alone) {
  TextTable table({{"a", kText}});
  table.add({"x"}, true);
  EXPECT_THAT(table.text(false), Not(HasSubstr("\x1b")));
  EXPECT_EQ(table.text(true), "\x1b[1ma\x1b[0m\n\x1b[1mx\x1b[0m\n");
  EXPECT_FALSE(is_colour_terminal()) << "a test's output is a pipe or a file";
}

}  // namespace
}  // namespace sluice::cli
