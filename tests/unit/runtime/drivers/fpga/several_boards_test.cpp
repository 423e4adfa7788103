// SPDX-License-Identifier: Apache-2.0
// Two devices and no choice. A program of its own: PoCL, which stands for the vendor's platform here, reads how many
// devices to show once, when it loads.
#include <cstdlib>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(SeveralBoards, want_a_choice) {
  setenv("POCL_DEVICES", "pthread pthread", 1);
  const test::Scratch scratch;
  const Bundle bundle = test::bundle_of(tiny_network(), scratch.path() / "bundle").value();
  const auto refusal = [&](const std::string& board) {
    auto device = open_fpga_device(bundle, {.binary = "any.aocx", .platform = "Portable", .board = board});
    return device ? "not refused" : device.error().text();
  };
  EXPECT_THAT(refusal(""),
              AllOf(HasSubstr("2 devices of OpenCL platform \"Portable\" are meant: \"pthread"), HasSubstr("--board")));
  EXPECT_THAT(refusal("pac_a10"), AllOf(HasSubstr("no device \"pac_a10\""), HasSubstr("devices there are: \"pthread")));
}

}  // namespace
}  // namespace sluice
