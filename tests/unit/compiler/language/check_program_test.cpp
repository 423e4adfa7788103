// SPDX-License-Identifier: Apache-2.0
// Programs of random networks with every engine keep the rules; a real program that was spoilt is told.
#include "compiler/language/check_program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/program/opencl_writer.hpp"
#include "compiler/language/front_end.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "device/device_files.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_network.hpp"
#include "tests/unit/compiler/language/small_program.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

struct MadeProgram {
  explicit MadeProgram(int seed) : random(seed) {
    design.network = random_network(random, 2 + seed % 5, seed % 3 == 0 ? 16 : 8);
    design.netlist = build_netlist(design.network, random_configs(random, design.network)).value();
    write_opencl(design, device_files(), files);
  }
  Random random;
  Design design;
  BundleFiles files;
};

class MadePrograms : public ::testing::TestWithParam<int> {};

TEST_P(MadePrograms, keep_the_rules) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  const MadeProgram made(GetParam());
  const auto check = language::check_program(made.files, made.design.netlist);
  ASSERT_TRUE(check) << check.error().text();
  if (!check.value().is_read) GTEST_SKIP() << "no " << language::kClang;
}

INSTANTIATE_TEST_SUITE_P(seeds, MadePrograms, ::testing::Range(1, 25));

TEST(CheckProgram, names_rule_file_and_line_of_a_spoilt_program) {
  MadeProgram made(5);
  std::string& text = made.files.at("lib/stream_intel.h");
  SmallProgram::change(text, "__attribute__((depth(SLUICE_DEPTH(beats))))", "");
  const auto check = language::check_program(made.files, made.design.netlist);
  if (check && !check.value().is_read) GTEST_SKIP() << "no " << language::kClang;
  ASSERT_FALSE(check);
  EXPECT_EQ(check.error().fault(), Fault::bug);
  EXPECT_THAT(check.error().text(), AllOf(HasSubstr("channel s_source states no depth (depth)"), HasSubstr("top.cl:")));
}

TEST(CheckProgram, holds_depths_against_the_netlist) {
  MadeProgram made(6);
  made.design.netlist.streams[0].depth += 1;
  const auto check = language::check_program(made.files, made.design.netlist);
  if (check && !check.value().is_read) GTEST_SKIP() << "no " << language::kClang;
  ASSERT_FALSE(check);
  EXPECT_THAT(check.error().text(), HasSubstr("channel " + made.design.netlist.streams[0].name + " has depth"));
}

TEST(CheckProgram, looks_at_the_netlist_without_clang_too) {
  MadeProgram made(7);
  made.design.netlist.streams[1].depth = 0;
  made.design.netlist.kernels[1].name = "always_ff";
  const auto check = language::check_program(made.files, made.design.netlist);
  ASSERT_FALSE(check);
  EXPECT_THAT(check.error().text(), AllOf(HasSubstr(made.design.netlist.streams[1].name + " has depth 0"),
                                          HasSubstr("kernel always_ff has a name that is a word of Verilog or VHDL")));
}

}  // namespace
}  // namespace sluice::test
