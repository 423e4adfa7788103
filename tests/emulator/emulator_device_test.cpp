// SPDX-License-Identifier: Apache-2.0
// What is said when the vendor's emulator cannot go on: a binary of another bundle, or one that was cut short, is
// refused; a pipeline between streams that are too shallow is told by the launches that did not end.
#include <cstdlib>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/bundle/program_text.hpp"
#include "runtime/drivers/fpga/fpga_device.hpp"
#include "runtime/drivers/opencl/context.hpp"
#include "runtime/reference/reference.hpp"
#include "tests/emulator/presence.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/residual_block.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kSeed = 7;

IntegerNetwork network_of(int filters) {
  Random random(kSeed);
  NetworkMaker maker(random, {6, 6, 3});
  maker.conv(filters, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  return maker.finish(3);
}

// What the emulator makes of a bundle's text.
std::string binary_of(const Bundle& bundle) {
  EXPECT_TRUE(fpga::prepare_emulator(static_cast<int>(bundle.netlist().kernels.size())));
  auto context = opencl::open_context({"FPGA Emulation Platform", "", "", ""});
  EXPECT_TRUE(context) << context.error().text();
  auto program = opencl::build_program(*context, program_text(bundle).value(),
                                       "-cl-std=CL1.2 -DSLUICE_DIALECT_INTEL -DSLUICE_MINIMUM_DEPTH=8192");
  EXPECT_TRUE(program) << program.error().text();
  const std::vector<std::vector<unsigned char>> binaries = program->getInfo<CL_PROGRAM_BINARIES>();
  return {binaries.at(0).begin(), binaries.at(0).end()};
}

class EmulatorBinary : public testing::Test {
 protected:
  void SetUp() override {
    SLUICE_SKIP_WITHOUT_EMULATOR();
    own_.emplace(bundle_of(network_of(4), scratch_.path() / "own").value());
    binary_ = binary_of(*own_);
    ASSERT_TRUE(write_file(file(), binary_));
  }
  std::filesystem::path file() const { return scratch_.path() / "own.aocx"; }
  static Result<std::unique_ptr<Device>> open(const Bundle& bundle, const std::filesystem::path& file) {
    return open_fpga_device(bundle, {.is_emulated = true, .binary = file, .capacity = 2});
  }
  std::string refusal(const Bundle& bundle) {
    auto device = open(bundle, file());
    if (device) return "not refused";
    EXPECT_EQ(device.error().fault(), Fault::user);
    return device.error().text();
  }

  Scratch scratch_;
  std::optional<Bundle> own_;
  std::string binary_;
};

TEST_F(EmulatorBinary, of_the_bundle_computes_what_the_reference_computes) {
  ASSERT_TRUE(write_file(file().string() + ".sha256", sha256_hex(binary_) + "  own.aocx\n"));
  auto device = open(*own_, file());
  ASSERT_TRUE(device) << device.error().text();
  Random random(kSeed + 1);
  const auto codes = random_codes(random, own_->network());
  ASSERT_TRUE((*device)->submit({1, 0, codes}));
  const auto scores = (*device)->collect();
  ASSERT_TRUE(scores) << scores.error().text();
  EXPECT_EQ(scores.value().scores, run_reference(own_->network(), codes, {}).back());
}

TEST_F(EmulatorBinary, of_another_bundle_is_refused) {
  const Bundle other = bundle_of(network_of(8), scratch_.path() / "other").value();
  EXPECT_THAT(refusal(other), HasSubstr("was not made from the program of bundle"));
}

TEST_F(EmulatorBinary, that_was_cut_short_is_refused) {
  for (const std::size_t left : {binary_.size() - 1, binary_.size() / 2, std::size_t{100}, std::size_t{5}}) {
    ASSERT_TRUE(replace_file(file(), binary_.substr(0, left)));
    EXPECT_THAT(refusal(*own_), testing::AnyOf(HasSubstr("was cut short"), HasSubstr("no file of the vendor's")))
        << left << " bytes";
  }
}

TEST_F(EmulatorBinary, that_was_changed_is_refused_by_its_hash) {
  ASSERT_TRUE(write_file(file().string() + ".sha256", sha256_hex(binary_ + "x") + "  own.aocx\n"));
  EXPECT_THAT(refusal(*own_), HasSubstr("is not the one that was built"));
}

TEST_F(EmulatorBinary, of_something_else_is_refused) {
  ASSERT_TRUE(replace_file(file(), read_file("/proc/self/exe").value()));
  EXPECT_THAT(refusal(*own_), HasSubstr("does not take it"));
}

// The planned depths, of which one holds less than the other branch keeps back. Threads tell the same of this network
// (tests/kernels/stall_test.cpp), with the stream's name.
TEST(EmulatorStall, is_told_by_the_launches_that_did_not_end) {
  SLUICE_SKIP_WITHOUT_EMULATOR();
  Random random(1);
  const IntegerNetwork network = residual_network(random, 3, 10);
  const auto too_shallow = [](Netlist& netlist) { netlist.streams[std::size_t(identity_stream(netlist))].depth = 8; };
  const Scratch scratch;
  const Bundle bundle = bundle_of(network, scratch.path() / "bundle", {}, {}, too_shallow).value();
  auto device = open_fpga_device(
      bundle, {.is_emulated = true, .capacity = 3, .minimum_depth = 0, .stall_time = std::chrono::seconds(30)});
  ASSERT_TRUE(device) << device.error().text();
  for (std::uint64_t i = 0; i < 3; ++i) ASSERT_TRUE((*device)->submit({70 + i, 0, random_codes(random, network)}));
  const auto scores = (*device)->collect();
  ASSERT_FALSE(scores);
  EXPECT_EQ(scores.error().fault(), Fault::bug);
  EXPECT_THAT(
      scores.error().text(),
      testing::AllOf(HasSubstr("nothing ended for 30.0 s with 3 images inside, the oldest image 70 under row 0"),
                     HasSubstr("sink not done"), HasSubstr("--device threads")));
  EXPECT_EQ((*device)->submit({80, 0, random_codes(random, network)}).error().text(), scores.error().text());
}

}  // namespace
}  // namespace sluice::test
