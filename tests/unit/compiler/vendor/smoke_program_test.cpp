// SPDX-License-Identifier: Apache-2.0
// The small design that is tried first is a valid one, and keeps the rules of the language.
#include "compiler/vendor/smoke_program.hpp"

#include <gtest/gtest.h>

#include "compiler/language/check_program.hpp"

namespace sluice::vendor {
namespace {

TEST(SmokeProgram, keeps_the_rules_and_holds_what_a_first_compile_trips_over) {
  Result<SmokeProgram> smoke = smoke_program({"pac_a10", "arria10", 220});
  ASSERT_TRUE(smoke) << smoke.error().text();
  const Netlist& netlist = smoke->design.netlist;
  ASSERT_TRUE(netlist.validate(smoke->design.network));
  bool has_sparse = false, has_collector = false;
  for (const Kernel& kernel : netlist.kernels) {
    has_sparse |= is_sparse(kernel.kind);
    has_collector |= kernel.kind == KernelKind::collector;
  }
  EXPECT_TRUE(has_sparse && has_collector);
  EXPECT_LE(netlist.kernels.size(), 12u);
  const auto check = language::check_program(smoke->files, netlist);
  EXPECT_TRUE(check) << check.error().text();
  EXPECT_EQ(
      smoke->files.count("build_fpga.sh") + smoke->files.count("build_fpga.conf") + smoke->files.count("identity.h"),
      3u);
}

}  // namespace
}  // namespace sluice::vendor
