// SPDX-License-Identifier: Apache-2.0
// Each rule of the language is broken once on purpose, and the breach is told with its file and line.
#include "compiler/language/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/language/hdl_words.hpp"
#include "device/contract/wire.h"
#include "tests/unit/compiler/language/small_program.hpp"

namespace sluice::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Rules : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto read = program_.read();
    ASSERT_TRUE(read) << read.error().text();
    if (!read.value()) GTEST_SKIP() << "no " << language::kClang;
  }

  std::vector<std::string> breaches() const {
    std::vector<std::string> texts;
    const auto read = program_.read();
    if (!read) return {read.error().text()};
    for (const language::Breach& b : language::judge(*read.value()).breaches) texts.push_back(b.text());
    return texts;
  }
  // In the kernel `first`.
  void change(const std::string& from, const std::string& to) { SmallProgram::change(program_.first, from, to); }

  SmallProgram program_;
};

TEST_F(Rules, a_program_that_keeps_them_has_no_breach) {
  EXPECT_THAT(breaches(), IsEmpty());
  const auto read = program_.read();
  const language::Verdict verdict = language::judge(*read.value());
  EXPECT_EQ(verdict.kernels, 3u);
  EXPECT_EQ(verdict.channels, 2u);
}

TEST_F(Rules, arrays_are_stated_with_size_and_kind) {
  const auto read = program_.read();
  for (const language::ArrayUse& use : language::judge(*read.value()).arrays) {
    if (use.name != "kept") continue;
    EXPECT_EQ(use.bits, 80 * 4 * 8);
    EXPECT_TRUE(use.is_ram);
    EXPECT_EQ(use.stores, 4u);
    EXPECT_EQ(use.place.text(), "kernels/first.cl:2");
    return;
  }
  FAIL() << "the array is not listed";
}

TEST_F(Rules, one_kernel_reads_a_channel) {
  program_.ends += "HOST_TASK(thief, , __global uint* restrict to) { to[0] = i8x4_word(read_channel_intel(a)); }\n";
  EXPECT_THAT(breaches(), ElementsAre("top.cl:3: channel a has 2 kernels that read it: first, thief (one user)"));
}

TEST_F(Rules, one_kernel_writes_a_channel) {
  program_.ends += "HOST_TASK(intruder, , uint word) { write_channel_intel(b, i8x4_of_word(1, word)); }\n";
  EXPECT_THAT(breaches(), ElementsAre("top.cl:4: channel b has 2 kernels that write it: first, intruder (one user)"));
}

TEST_F(Rules, some_kernel_reads_a_channel) {
  program_.channels += "STREAM(c, i8x4, 4)\n";
  EXPECT_THAT(breaches(), ElementsAre("top.cl:5: channel c has 0 kernels that write it (one user)",
                                      "top.cl:5: channel c has 0 kernels that read it (one user)"));
}

TEST_F(Rules, a_kernel_calls_an_end_at_one_place) {
  change("    write_channel_intel(b, beat);\n",
         "    write_channel_intel(b, beat);\n    write_channel_intel(b, beat);\n");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:10: first writes channel b at 2 places (one site)"));
}

TEST_F(Rules, a_call_in_an_unrolled_loop_is_as_many_places) {
  change("    write_channel_intel(b, beat);\n",
         "#pragma unroll\n    for (int i = 0; i < 3; ++i) write_channel_intel(b, beat);\n");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:10: first writes channel b at 3 places (one site)"));
}

TEST_F(Rules, no_read_waits_for_what_its_loop_carries) {
  change("i8x4 beat = read_channel_intel(a);", "i8x4 beat; if (group != 3) beat = read_channel_intel(a);");
  EXPECT_THAT(
      breaches(),
      ElementsAre("kernels/first.cl:5: first reads channel a under a condition that its loop carries (group) (read)"));
}

TEST_F(Rules, a_read_may_wait_for_the_step_of_its_loop) {
  change("  while (1) {\n    i8x4 beat = read_channel_intel(a);",
         "  while (1) for (int step = 0; step < 9; ++step) {\n    i8x4 beat; if (step != 3) beat = "
         "read_channel_intel(a);");
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Rules, there_are_at_most_240_kernels) {
  for (int i = 0; i < MOST_KERNELS - 1; ++i) program_.ends += "HOST_TASK(k" + std::to_string(i) + ", , uint word) {}\n";
  EXPECT_THAT(breaches(),
              ElementsAre(HasSubstr("kernels/ends.cl:245: 241 kernels, at most 240 are possible (kernels)")));
}

TEST_F(Rules, a_channel_is_not_handed_to_a_function) {
  program_.helpers += "i8x4 taken(i8x4 from) { return from; }\n";
  change("i8x4 beat = read_channel_intel(a);", "i8x4 beat = read_channel_intel(a); beat = taken(b);");
  EXPECT_THAT(
      breaches(),
      ElementsAre("kernels/first.cl:5: channel b is more than the place of a read or write in first (handed on)"));
}

TEST_F(Rules, one_of_several_channels_is_chosen_by_a_number) {
  program_.channels = "STREAM(a[2], i8x4, 16)\nSTREAM(b, i8x4, 4)\n";
  SmallProgram::change(program_.ends, "write_channel_intel(a,", "write_channel_intel(a[1],");
  change("read_channel_intel(a)", "read_channel_intel(a[1])");
  EXPECT_THAT(breaches(), IsEmpty());
  change("read_channel_intel(a[1])", "read_channel_intel(a[group & 1])");
  EXPECT_THAT(breaches(),
              ElementsAre(HasSubstr("kernels/first.cl:5: first reads one of the channels a by a number that is "
                                    "not known (index)")));
}

TEST_F(Rules, an_autorun_kernel_has_no_argument) {
  change("TASK(first)", "__attribute__((max_global_work_dim(0))) __attribute__((autorun)) __kernel void first(int n)");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:1: autorun kernel first has 1 arguments (autorun)"));
}

TEST_F(Rules, an_autorun_kernel_never_ends) {
  change("while (1)", "while (group < 5)");
  EXPECT_THAT(breaches(), Contains("kernels/first.cl:1: autorun kernel first has no endless loop (autorun)"));
}

TEST_F(Rules, an_autorun_kernel_does_not_leave_its_loop) {
  change("    group = group", "    if (group == 77) break;\n    group = group");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:1: autorun kernel first has no endless loop (autorun)"));
}

TEST_F(Rules, a_kernel_is_one_work_item) {
  change("TASK(first)", "__attribute__((autorun)) __kernel void first(void)");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:1: kernel first lacks max_global_work_dim(0) (single)"));
}

TEST_F(Rules, every_channel_states_its_depth) {
  program_.channels = "STREAM(a, i8x4, 16)\nchannel i8x4 b;\n";
  EXPECT_THAT(breaches(), ElementsAre("top.cl:4: channel b states no depth (depth)"));
}

TEST_F(Rules, what_a_channel_moves_is_packed) {
  SmallProgram::change(program_.library.at("lib/stream.h"), "struct SLUICE_PACKED { char", "struct { char");
  EXPECT_THAT(breaches(), ElementsAre("top.cl:2: i8x4, which channel a moves, is not packed (packed)",
                                      "top.cl:2: i8x4, which channel b moves, is not packed (packed)"));
}

TEST_F(Rules, a_ram_is_stored_to_at_one_place_a_bank) {
  change("kept[group][lane]", "kept[group + lane][group & 3]");
  EXPECT_THAT(
      breaches(),
      ElementsAre("kernels/first.cl:7: array kept of first (80 x 4 of 8 bits: 2560 bits) becomes RAM and is stored "
                  "to at 4 places, two of them in one bank: stores would take turns (array)"));
}

TEST_F(Rules, low_bits_tell_banks_apart) {
  change("char kept[80][4]", "char kept[320]");
  change("kept[group][lane]", "kept[4 * group + lane]");
  EXPECT_THAT(breaches(), IsEmpty());
  change("kept[4 * group + lane]", "kept[6 * group + lane]");  // modulo 2 only
  EXPECT_THAT(breaches(), ElementsAre(HasSubstr("two of them in one bank")));
}

TEST_F(Rules, an_array_of_64_bytes_becomes_registers) {
  change("char kept[80][4]", "char kept[64]");
  change("kept[group][lane]", "kept[(group + lane) & 63]");
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Rules, an_array_is_not_handed_on_as_a_pointer) {
  program_.helpers += "int summed(char (*all)[4]) { return all[1][2]; }\n";
  change("    group = group", "    group = group + summed(kept);\n    group = group");
  EXPECT_THAT(breaches(),
              Contains(HasSubstr("kernels/first.cl:2: array kept of first (80 x 4 of 8 bits: 2560 bits) is used "
                                 "without its indices")));
}

TEST_F(Rules, an_array_fits_a_device) {
  change("char kept[80][4]", "char kept[40000000][4]");
  EXPECT_THAT(breaches(),
              ElementsAre(HasSubstr("kernels/first.cl:2: array kept of first (40000000 x 4 of 8 bits: 1280000000 "
                                    "bits) is larger than the RAM of any device")));
}

TEST_F(Rules, a_carried_value_passes_no_ram) {
  change("kept[group][lane] = beat.v[lane]", "kept[group][lane] = kept[group][lane] + beat.v[lane]");
  EXPECT_THAT(breaches(),
              ElementsAre("kernels/first.cl:7: in first the next kept waits for a load from the RAM kept: that "
                          "takes more than a cycle (carried)"));
  change("  while (1) {", "  DISTANCE(kept, 80)\n  while (1) {");
  EXPECT_THAT(breaches(), IsEmpty()) << "where it is stated that the element comes again only after 80 iterations";
}

TEST_F(Rules, a_carried_value_passes_no_product) {
  change("    group = group == 79 ? 0 : group + 1;", "    group = group == 79 ? 0 : group * beat.v[0];");
  EXPECT_THAT(breaches(),
              ElementsAre("kernels/first.cl:8: in first the next group waits for a product: that takes more than "
                          "a cycle (carried)"));
}

TEST_F(Rules, a_product_that_is_only_added_up_is_no_matter) {
  change("    group = group == 79 ? 0 : group + 1;", "    group = group == 79 ? 0 : group + beat.v[1] * beat.v[0];");
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Rules, a_carried_value_passes_no_product_of_a_helper) {
  program_.helpers += "int squared(int x) { return x * x; }\n";
  change("    group = group == 79 ? 0 : group + 1;", "    group = group == 79 ? 0 : squared(group);");
  EXPECT_THAT(breaches(),
              ElementsAre(HasSubstr("kernels/first.cl:8: in first the next group waits for a product in squared")));
}

TEST_F(Rules, names_are_no_words_of_hardware_languages) {
  program_.channels = "STREAM(a, i8x4, 16)\nSTREAM(Signal, i8x4, 4)\n";
  change("write_channel_intel(b,", "write_channel_intel(Signal,");
  SmallProgram::change(program_.ends, "read_channel_intel(b)", "read_channel_intel(Signal)");
  EXPECT_THAT(breaches(), ElementsAre("top.cl:4: Signal is a word of Verilog or VHDL (names)"));
  EXPECT_TRUE(language::is_hdl_word("kernel"));
  EXPECT_TRUE(language::is_hdl_word("always_comb"));
  EXPECT_FALSE(language::is_hdl_word("s_source"));
}

TEST_F(Rules, a_kernels_name_is_none_either) {
  SmallProgram::change(program_.ends, "HOST_TASK(finish,", "HOST_TASK(initial,");
  EXPECT_THAT(breaches(), ElementsAre("kernels/ends.cl:4: initial is a word of Verilog or VHDL (names)"));
}

TEST_F(Rules, nothing_calls_itself) {
  program_.helpers +=
      "int odd(int x);\nint even(int x) { return x == 0 ? 1 : odd(x - 1); }\n"
      "int odd(int x) { return x == 0 ? 0 : even(x - 1); }\n";
  EXPECT_THAT(breaches(),
              ElementsAre("helpers.h:3: even calls itself (recursion)", "helpers.h:4: odd calls itself (recursion)"));
}

TEST_F(Rules, nothing_is_divided_by_a_number_of_the_run) {
  change("    write_channel_intel(b, beat);",
         "    beat.v[1] = (char)(17 / beat.v[2] + group / 5);\n    write_channel_intel(b, beat);");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:9: first divides by a number of the run in a loop (division)"));
}

TEST_F(Rules, nor_in_a_helper) {
  program_.helpers += "int divided(int x, int y) { return x % y; }\n";
  change("    write_channel_intel(b, beat);",
         "    beat.v[1] = (char)divided(17, beat.v[2]);\n    write_channel_intel(b, beat);");
  EXPECT_THAT(breaches(),
              ElementsAre("helpers.h:2: divided, which first calls, divides by a number of the run (division)"));
}

// A read that does not wait may depend on anything; it is one place of the channel as any other.
TEST_F(Rules, a_read_that_does_not_wait_may_follow_from_what_its_loop_carries) {
  change("i8x4 beat = read_channel_intel(a);",
         "i8x4 beat; bool has_come[2]; if (group != 3) beat = read_channel_nb_intel(a, &has_come[1]);");
  EXPECT_THAT(breaches(), IsEmpty());
  change("    write_channel_intel(b, beat);\n",
         "    beat = read_channel_nb_intel(a, &has_come[0]);\n    "
         "write_channel_intel(b, beat);\n");
  EXPECT_THAT(breaches(), ElementsAre("kernels/first.cl:9: first reads channel a at 2 places (one site)"));
}

// Structs and bools in registers; one that is chosen while the kernel runs is a RAM of a size that nobody knows.
TEST_F(Rules, an_array_of_structs_has_numbers_for_indices) {
  change("i8x4 beat = read_channel_intel(a);",
         "i8x4 beat = read_channel_intel(a); i8x4 held[3]; held[1] = beat; beat = held[1];");
  EXPECT_THAT(breaches(), IsEmpty());
  change("beat = held[1];", "beat = held[group];");
  EXPECT_THAT(breaches(), ElementsAre(HasSubstr("array held of first")));
}

TEST_F(Rules, an_unrolled_loop_has_a_known_number_of_turns) {
  change("lane < 4", "lane < group");
  EXPECT_THAT(breaches(),
              Contains("kernels/first.cl:7: first unrolls a loop whose number of turns is not known (unroll)"));
}

TEST_F(Rules, a_branch_that_the_numbers_rule_out_is_not_there) {
  change("    group = group", "    if (4 == 5) group = 3 / group;\n    group = group");
  EXPECT_THAT(breaches(), IsEmpty());
}

TEST_F(Rules, a_text_that_clang_refuses_is_told_with_its_line) {
  change("group = group == 79", "group = groop == 79");
  const auto read = program_.read();
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text(), HasSubstr("first.cl:8:"));
  EXPECT_THAT(read.error().text(), HasSubstr("groop"));
}

}  // namespace
}  // namespace sluice::test
