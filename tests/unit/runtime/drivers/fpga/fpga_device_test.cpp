// SPDX-License-Identifier: Apache-2.0
// The fpga device's refusals on a machine without board and emulator: each names what was found and what to do.
#include <cstdlib>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/drivers/fpga/binary.hpp"
#include "runtime/drivers/fpga/emulator.hpp"
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// An environment variable for as long as a test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

class FpgaRefusals : public testing::Test {
 protected:
  std::string refusal(const FpgaOptions& options, Fault fault = Fault::user) {
    auto device = open_fpga_device(*bundle_, options);
    if (device) return "not refused";
    EXPECT_EQ(device.error().fault(), fault);
    return device.error().text();
  }
  std::filesystem::path file(const std::string& bytes) const {
    EXPECT_TRUE(replace_file(scratch_.path() / "b.aocx", bytes));
    return scratch_.path() / "b.aocx";
  }

  test::Scratch scratch_;
  Result<Bundle> bundle_ = test::bundle_of(tiny_network(), scratch_.path() / "bundle");
};

TEST_F(FpgaRefusals, a_board_wants_a_binary) {
  EXPECT_THAT(refusal({}), AllOf(HasSubstr("--binary FILE.aocx"), HasSubstr("--emulator")));
}

TEST_F(FpgaRefusals, a_platform_that_is_not_there_is_told_with_those_that_are) {
  EXPECT_THAT(refusal({.binary = file("x")}, Fault::world),
              AllOf(HasSubstr("no OpenCL platform \"FPGA SDK for OpenCL\""),
                    HasSubstr("platforms here are: \"Portable Computing Language\""), HasSubstr("aocl diagnose")));
}

TEST_F(FpgaRefusals, a_board_that_keeps_what_runs_on_it_is_refused) {
  const Variable mode("CL_CONTEXT_COMPILER_MODE_INTELFPGA", "3");
  EXPECT_THAT(refusal({.binary = file("x"), .platform = "Portable"}),
              HasSubstr("CL_CONTEXT_COMPILER_MODE_INTELFPGA=3 keeps what runs on the board"));
}

TEST_F(FpgaRefusals, a_binary_that_another_device_was_meant_for) {
  EXPECT_THAT(refusal({.binary = file(read_file("/proc/self/exe").value()), .platform = "Portable"}),
              AllOf(HasSubstr("does not take it"), HasSubstr("CL_INVALID_BINARY")));
}

TEST_F(FpgaRefusals, too_few_workers_for_the_kernels) {
  const Variable workers("CL_CONFIG_CPU_TBB_NUM_WORKERS", "3");
  EXPECT_THAT(refusal({.is_emulated = true}),
              AllOf(HasSubstr("CL_CONFIG_CPU_TBB_NUM_WORKERS=3"), HasSubstr("worker for each of the bundle's")));
}

TEST_F(FpgaRefusals, an_emulator_that_is_not_there) {
  const Variable folder("SLUICE_FPGA_EMULATOR", "/nowhere");
  EXPECT_THAT(refusal({.is_emulated = true}, Fault::world),
              AllOf(HasSubstr("FPGA Emulation Platform"), HasSubstr("./run emulator"), HasSubstr("Portable")));
}

TEST(Binary, that_is_whole_is_read) {
  const test::Scratch scratch;
  const std::string whole = read_file("/proc/self/exe").value();
  const std::filesystem::path file = scratch.path() / "b.aocx";
  ASSERT_TRUE(write_file(file, whole));
  ASSERT_TRUE(write_file(file.string() + ".sha256", sha256_hex(whole) + "  b.aocx\n"));
  const auto bytes = fpga::read_binary(file);
  ASSERT_TRUE(bytes) << bytes.error().text();
  EXPECT_EQ(bytes.value(), whole);
}

TEST(Binary, that_is_not_whole_is_refused) {
  const test::Scratch scratch;
  const std::string whole = read_file("/proc/self/exe").value();
  const std::filesystem::path file = scratch.path() / "b.aocx";
  const auto refusal = [&](const std::string& bytes) {
    EXPECT_TRUE(replace_file(file, bytes));
    const auto read = fpga::read_binary(file);
    return read ? "not refused" : read.error().text();
  };
  EXPECT_THAT(fpga::read_binary(file).error().text(), HasSubstr("b.aocx"));
  EXPECT_THAT(refusal(""), HasSubstr("no file of the vendor's compiler"));
  EXPECT_THAT(refusal(std::string(4096, 'x')), HasSubstr("no file of the vendor's compiler"));
  for (const std::size_t left : {std::size_t{40}, std::size_t{64}, whole.size() / 2, whole.size() - 1})
    EXPECT_THAT(refusal(whole.substr(0, left)), HasSubstr("cut short")) << left;
  ASSERT_TRUE(write_file(file.string() + ".sha256", std::string(64, '0') + "  b.aocx\n"));
  EXPECT_THAT(refusal(whole), HasSubstr("is not the one that was built"));
}

}  // namespace
}  // namespace sluice
