// SPDX-License-Identifier: Apache-2.0
// The files under bsp/ are sound, and a board that cannot be is refused.
#include "bsp/board.hpp"

#include <gmock/gmock.h>

namespace sluice::bsp {
namespace {

using testing::HasSubstr;

TEST(Boards, all_files_are_read) {
  const auto boards = known_boards();
  ASSERT_TRUE(boards) << boards.error().text();
  EXPECT_GE(boards.value().size(), 9u);
  for (const Board& b : boards.value()) {
    const DeviceResources r = b.plannable();
    EXPECT_GT(r.alms, 0) << b.name;
    EXPECT_GT(r.ram_blocks, 0) << b.name;
    EXPECT_GT(r.dsps, 0) << b.name;
    EXPECT_EQ(b.is_build_target && b.device.family == "cyclone5", false)
        << b.name << ": aoc Pro does not build for Cyclone V";
  }
  ASSERT_TRUE(known_devices());
  const auto budgets = known_budgets();
  ASSERT_TRUE(budgets) << budgets.error().text();
  EXPECT_EQ(budgets.value().size(), 3u);
}

TEST(Boards, resources_are_the_devices_less_the_shell) {
  const auto board = find_board("d5005");
  ASSERT_TRUE(board) << board.error().text();
  // The package's own figures for what is left: 699,724 ALMs, 8,682 M20K, 4,469 DSP blocks.
  EXPECT_EQ(board.value().beside_shell().alms, 699'724);
  EXPECT_EQ(board.value().beside_shell().ram_blocks, 8'682);
  EXPECT_EQ(board.value().beside_shell().dsps, 4'469);
  EXPECT_EQ(board.value().plannable().dsps, 4'022);
}

TEST(Boards, an_unknown_name_is_answered_with_the_known_ones) {
  const auto board = find_board("d5055");
  ASSERT_FALSE(board);
  EXPECT_EQ(board.error().fault(), Fault::user);
  EXPECT_THAT(board.error().text(), testing::AllOf(HasSubstr("d5005"), HasSubstr("pac_a10"), HasSubstr("import")));
}

std::string board_text(const std::string& key, const std::string& value) {
  std::string text = "title = t\n";
  const std::pair<std::string, std::string> lines[] = {
      {"device", "10ax115"},     {"aoc_boards", "b"}, {"is_build_target", "yes"}, {"shell_alms", "1"},
      {"shell_ram_blocks", "1"}, {"shell_dsps", "0"}, {"memory_banks", "2"},      {"memory_gb", "8"},
      {"memory_gb_per_s", "34"}, {"clock_mhz", "200"}};
  for (const auto& [name, otherwise] : lines)
    text += name + " = " + (name == key ? value : otherwise) + " # confirmed: test\n";
  return text;
}

TEST(Boards, what_cannot_be_is_refused_with_its_line) {
  ASSERT_TRUE(read_board("b", "b.board", board_text("", "")));
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"device", "10ax999", "b.board:2: device = 10ax999: is not known; there are: 10ax115"},
      {"is_build_target", "maybe", "b.board:4: is_build_target = maybe: yes or no"},
      {"shell_alms", "427200", "b.board:5: shell_alms = 427200: 0 to 427199"},
      {"shell_dsps", "-4", "b.board:7"},
      {"memory_gb", "0", "b.board:9"},
      {"clock_mhz", "900", "b.board:11: clock_mhz = 900: 150 to 300"},
  };
  for (const auto& [key, value, words] : cases) {
    const auto board = read_board("b", "b.board", board_text(key, value));
    ASSERT_FALSE(board) << key;
    EXPECT_THAT(board.error().text(), HasSubstr(words));
  }
}

}  // namespace
}  // namespace sluice::bsp
