// SPDX-License-Identifier: Apache-2.0
// Reports of several packages are read alike; one without a clock is refused. What is kept beside a binary comes back.
#include "compiler/vendor/quartus_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/codegen/target_conf.hpp"

namespace sluice::vendor {
namespace {

using ::testing::HasSubstr;

constexpr const char* kReport =
    "ALUTs: 201000\nRegisters: 402,500\nLogic utilization: 195,000 / 427,200 ( 46 % )\nDSP blocks: 1,280 / 1,518 ( 84 "
    "% )\n"
    "RAM blocks: 2,000 / 2,713 ( 74 % )\nActual clock freq: 240\nKernel fmax: 240.5\n2x clock fmax: 10000\n";

std::string changed(const std::string& from, const std::string& to) {
  std::string text = kReport;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(QuartusReport, gives_clock_and_resources) {
  const FittedBuild build = read_quartus_report(kReport).value();
  EXPECT_EQ(build.clock_mhz, 240);
  EXPECT_EQ(build.kernel_fmax_mhz, 240.5);
  EXPECT_EQ(build.alms, (PlacedResource{195000, 427200}));
  EXPECT_EQ(build.dsp_blocks, (PlacedResource{1280, 1518}));
  EXPECT_EQ(build.ram_blocks, (PlacedResource{2000, 2713}));
  EXPECT_EQ(build.registers, 402500);
  EXPECT_EQ(build.aluts, 201000);
}

TEST(QuartusReport, is_read_in_other_spellings) {
  EXPECT_EQ(read_quartus_report(changed("RAM blocks", "M10K blocks")).value().ram_blocks.used, 2000);
  EXPECT_EQ(read_quartus_report(changed("195,000 / 427,200 ( 46 % )", "195000/427200")).value().alms,
            (PlacedResource{195000, 427200}));
  EXPECT_EQ(read_quartus_report(changed("195,000 / 427,200 ( 46 % )", "195000")).value().alms,
            (PlacedResource{195000, 0}));
  EXPECT_EQ(read_quartus_report(changed("2x clock fmax: 10000", "2x clock fmax: Unused")).value().clock_mhz, 240);
  EXPECT_EQ(read_quartus_report(changed("Actual clock freq: 240\n", "")).value().clock_mhz, 240.5);
  EXPECT_EQ(
      read_quartus_report(changed("Actual clock freq: 240\n", "actual clock FREQ :  233.33 \r\n")).value().clock_mhz,
      233.33);
}

TEST(QuartusReport, without_a_clock_is_refused) {
  for (const std::string& text :
       {std::string(), std::string("nothing at all"), std::string("Actual clock freq: fast\n"),
        std::string("Actual clock freq: -3\n"), std::string("Kernel fmax: 10000\n")}) {
    const auto read = read_quartus_report(text);
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().fault(), Fault::user);
    EXPECT_THAT(read.error().text(), HasSubstr("states no clock"));
  }
}

TEST(FittedBuild, comes_back_from_its_file) {
  FittedBuild build = read_quartus_report(kReport).value();
  build.program = "sluice_id_0123456789abcdef", build.board = "pac_a10", build.sdk_version = "20.4";
  build.seed = 7, build.planned_clock_mhz = 220;
  EXPECT_EQ(fitted_build_from_json(fitted_build_to_json(build)).value(), build);
  const std::string text = fitted_build_to_json(build);
  for (const char* key : {"version", "program", "clock_mhz", "alms", "seed"}) {
    std::string broken = text;
    broken.replace(broken.find("\"" + std::string(key) + "\""), 2, "\"x");
    EXPECT_FALSE(fitted_build_from_json(broken)) << key;
  }
}

TEST(BuildConf, takes_no_word_that_a_shell_reads) {
  EXPECT_EQ(build_conf({"pac_a10", "arria10", 219.7, 2}).value(),
            "# made by sluice plan; build_fpga.sh reads it\nBOARD=pac_a10\nFAMILY=arria10\nCLOCK_MHZ=220\nMEMORY_BANKS=2\n");
  EXPECT_FALSE(build_conf({"a; rm b", "", 220, 1}));
  EXPECT_FALSE(build_conf({"", "$(x)", 220, 1}));
}

}  // namespace
}  // namespace sluice::vendor
