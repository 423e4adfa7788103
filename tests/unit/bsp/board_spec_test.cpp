// SPDX-License-Identifier: Apache-2.0
// A package's description becomes a board; what is missing in it is named with its line.
#include "bsp/board_spec.hpp"

#include <gmock/gmock.h>

namespace sluice::bsp {
namespace {

using testing::HasSubstr;

// The elements and attributes of the toolkit guide; figures as in a10_ref.
std::string spec() {
  return R"(<?xml version="1.0"?>
<board version="19.1" name="my_a10">
  <compile name="top" project="top" revision="top" qsys_file="none" generic_kernel="1"/>
  <device device_model="10ax115s2f45i1sg_dm.xml">
    <used_resources>
      <alms num="32770"/>
      <ffs num="131080"/>
      <dsps num="0"/>
      <rams num="176"/>
    </used_resources>
  </device>
  <global_mem name="DDR" max_bandwidth="34133" interleaved_bytes="1024" config_addr="0x018">
    <interface name="board" port="kernel_mem0" type="slave" width="512" maxburst="16" address="0x00000000" size="0x100000000" latency="240"/>
    <interface name="board" port="kernel_mem1" type="slave" width="512" maxburst="16" address="0x100000000" size="0x100000000" latency="240"/>
  </global_mem>
</board>
)";
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = spec();
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(BoardSpec, becomes_a_board) {
  const auto imported = import_board_spec("board_spec.xml", spec());
  ASSERT_TRUE(imported) << imported.error().text();
  EXPECT_EQ(imported.value().name, "my_a10");
  const auto board = read_board("my_a10", "my_a10.board", imported.value().text);
  ASSERT_TRUE(board) << board.error().text();
  EXPECT_EQ(board.value().device.name, "10ax115");
  EXPECT_EQ(board.value().beside_shell().alms, 427'200 - 32'770);
  EXPECT_EQ(board.value().shell.ram_blocks, 176);
  EXPECT_EQ(board.value().memory_banks, 2);
  EXPECT_DOUBLE_EQ(board.value().memory_gb, 8);
  EXPECT_NEAR(board.value().memory_gb_per_s, 34.133, 1e-3);
  EXPECT_EQ(board.value().aoc_boards, std::vector<std::string>{"my_a10"});
  EXPECT_FALSE(board.value().facts.facts().at("clock_mhz").is_confirmed) << "the XML says nothing of a clock";
}

TEST(BoardSpec, memory_of_the_host_is_not_the_boards) {
  const auto imported = import_board_spec(
      "s.xml", with("</board>", R"(<global_mem name="host" max_bandwidth="20000" allocation_type="host, shared">
    <interface name="board" port="host_mem" type="slave" width="512" address="0x0" size="0x1000000000000"/></global_mem></board>)"));
  ASSERT_TRUE(imported) << imported.error().text();
  EXPECT_THAT(imported.value().text, testing::AllOf(HasSubstr("memory_banks = 2"), HasSubstr("memory_gb = 8.000"),
                                                    HasSubstr("memory_gb_per_s = 34.133")));
}

TEST(BoardSpec, what_is_wrong_is_named_with_its_line) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "not XML"},
      {"<html></html>", "no <board>"},
      {spec().substr(0, 300), "not XML"},
      {with("name=\"my_a10\"", "name=\"../up\""), "s.xml:2: <board name=\"../up\">"},
      {with("10ax115s2f45i1sg_dm.xml", "ep4ce22_dm.xml"), "s.xml:4: device_model \"ep4ce22_dm.xml\" is not known"},
      {with("<alms num=\"32770\"/>", ""), "s.xml:5: <used_resources> has no <alms"},
      {with("num=\"176\"", "num=\"many\""), "s.xml:9: <rams num=\"many\">"},
      {with("num=\"176\"", "num=\"99999\""), "shell_ram_blocks"},
      {with("max_bandwidth=\"34133\"", ""), "no <global_mem max_bandwidth"},
  };
  for (const auto& [xml, words] : cases) {
    const auto imported = import_board_spec("s.xml", xml);
    ASSERT_FALSE(imported) << words;
    EXPECT_EQ(imported.error().fault(), Fault::user);
    EXPECT_THAT(imported.error().text(), HasSubstr(words));
  }
}

TEST(BoardSpec, cut_anywhere_it_ends_in_a_sentence) {
  const std::string whole = spec();
  for (std::size_t length = 0; length < whole.size() - 12; length += 7) {
    const auto imported = import_board_spec("s.xml", whole.substr(0, length));
    ASSERT_FALSE(imported) << length;
    EXPECT_EQ(imported.error().fault(), Fault::user) << imported.error().text();
  }
}

}  // namespace
}  // namespace sluice::bsp
