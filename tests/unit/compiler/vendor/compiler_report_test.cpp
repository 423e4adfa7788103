// SPDX-License-Identifier: Apache-2.0
// Loops and memories are read from the compiler's reports of both forms, and those that are slow are named.
#include "compiler/vendor/compiler_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

namespace sluice::vendor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string loop(const std::string& data, const std::string& details = "[]", const std::string& name = "k.B1") {
  return fmt::format(
      "{{\"name\":\"{}\",\"data\":{},\"debug\":[[{{\"filename\":\"a/"
      "window.cl\",\"line\":67}}]],\"details\":{},\"children\":[]}}",
      name, data, details);
}

std::vector<std::string> told(const std::string& one_loop, const std::set<std::string>& slow = {}) {
  auto report = read_compiler_report(
      "{\"columns\":[],\"children\":[{\"name\":\"Kernel: k\",\"children\":[" + one_loop + "]}]}", "");
  return report ? objections(report.value(), slow) : std::vector<std::string>{report.error().text()};
}

TEST(CompilerReport, loops_as_planned_are_passed) {
  for (const char* data : {R"(["Yes","~1","n/a"])", R"(["Yes","1","n/a"])", R"(["Yes",">=1","n/a"])"})
    EXPECT_THAT(told(loop(data)), IsEmpty()) << data;
  EXPECT_THAT(told(loop(R"(["n/a","n/a","n/a"])", R"(["Unrolled by #pragma unroll"])")), IsEmpty());
  EXPECT_THAT(told(loop(R"(["No","n/a","n/a"])", "[]", "Fully unrolled loop")), IsEmpty());
}

TEST(CompilerReport, slow_loops_are_named_with_kernel_file_and_line) {
  EXPECT_THAT(told(loop(R"(["Yes","~6","II"])")),
              ElementsAre(HasSubstr("k, a/window.cl:67: a loop has II 6, expected 1")));
  EXPECT_THAT(told(loop(R"(["No","n/a","n/a"])")),
              ElementsAre(HasSubstr("k, a/window.cl:67: a loop is not pipelined, expected II 1")));
  EXPECT_THAT(told(loop(R"(["Yes","~1","n/a"])", R"([{"type":"text","text":"Serial exe: memory"}])")),
              ElementsAre(HasSubstr("k, a/window.cl:67: a loop runs serially")));
  EXPECT_THAT(told(loop(R"(["Yes","~6","II"])"), {"k"}), IsEmpty()) << "a kernel without pictures";
  EXPECT_THAT(told(loop(R"(["Yes","~6","II"])"), {"window.cl"}), IsEmpty());
}

TEST(CompilerReport, a_flat_list_in_a_script_is_read_too) {
  auto report = read_compiler_report("var loopsJSON={\"columns\":[\"Pipelined\"],\"functions\":[" +
                                         loop(R"(["Yes","2","II"])") + "]}\n;var mavJSON={\"nodes\":[\"}\"]};",
                                     "");
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_THAT(objections(report.value(), {}), ElementsAre(HasSubstr("a/window.cl:67: a loop has II 2, expected 1")));
}

TEST(CompilerReport, memories_kept_twice_are_named_unless_planned) {
  const std::string loops = "{\"children\":[" + loop(R"(["Yes","1","n/a"])") + "]}";
  const auto memory = [&](const char* name, const char* details) {
    auto report =
        read_compiler_report(loops, fmt::format("{{\"children\":[{{\"name\":\"k\",\"type\":\"function\",\"children\":[{"
                                                "{\"name\":\"window.cl:70 ({})\",\"details\":{},"
                                                "\"debug\":[[{{\"filename\":\"window.cl\",\"line\":70}}]]}}]}}]}}",
                                                name, details));
    return objections(report.value(), {});
  };
  EXPECT_THAT(memory("weights", R"(["Stall-free, 1 read and 1 write."])"), IsEmpty());
  EXPECT_THAT(memory("weights", R"(["Replicated 4 times"])"),
              ElementsAre("k, window.cl:70: the memory weights is kept 4 times, expected once"));
  EXPECT_THAT(memory("weights", R"([{"Number of replicates":3}])"),
              ElementsAre("k, window.cl:70: the memory weights is kept 3 times, expected once"));
  EXPECT_THAT(memory("weights", R"([{"Number of replicates":1}])"), IsEmpty());
  EXPECT_THAT(memory("rows", R"(["Replicated 4 times"])"), IsEmpty());
  EXPECT_THAT(memory("rows", R"(["Stallable"])"),
              ElementsAre("k, window.cl:70: accesses of the memory rows take turns"));
}

TEST(CompilerReport, what_is_no_report_is_refused) {
  for (const char* text : {"", "{", "[]", "{}", "var other={}", "var loopsJSON={", "{\"children\":[]}"})
    EXPECT_FALSE(read_compiler_report(text, "")) << text;
  EXPECT_FALSE(read_compiler_report("{\"children\":[" + loop(R"(["Yes","1","n/a"])") + "]}", "{"));
}

}  // namespace
}  // namespace sluice::vendor
