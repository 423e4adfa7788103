// SPDX-License-Identifier: Apache-2.0
// Which binaries the driver opens a board with: its bundle's own, whole, as it was built, for this board. Every other
// one is refused with a sentence, before anything is launched.
#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "tests/board/binary.hpp"
#include "tests/board/stand_in.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class BoardBinaries : public testing::Test {
 protected:
  void SetUp() override {
    own_.emplace(bundle_of(tiny_network(), scratch_.path() / "own").value());
    binary_ = read_file(StandIn::instance().binary_of(*own_).value()).value();
  }

  // Of the bundle and a file with these bytes, and their stated hash where there is one.
  std::string refusal(const Bundle& bundle, const std::string& bytes, const std::string& stated_hash = "") {
    const auto file = scratch_.path() / "design.aocx";
    EXPECT_TRUE(replace_file(file, bytes));
    if (!stated_hash.empty()) {
      EXPECT_TRUE(replace_file(file.string() + ".sha256", stated_hash + "  design.aocx\n"));
    }
    const auto launches = StandIn::instance().state().launches.load();
    const auto device = open_fpga_device(bundle, {.binary = file, .capacity = 3});
    if (device) return "not refused";
    EXPECT_EQ(StandIn::instance().state().launches, launches);
    EXPECT_EQ(device.error().fault(), sluice::Fault::user);
    EXPECT_THAT(device.error().text(), HasSubstr(file.string()));
    return device.error().text();
  }

  const Scratch scratch_;
  std::optional<Bundle> own_;
  std::string binary_;
};

TEST_F(BoardBinaries, the_bundles_own_is_taken) { EXPECT_EQ(refusal(*own_, binary_), "not refused"); }

TEST_F(BoardBinaries, of_another_plan_is_refused) {
  Random random(7);
  NetworkMaker maker(random, {6, 6, 3});
  maker.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const Bundle other = bundle_of(maker.finish(3), scratch_.path() / "other").value();
  EXPECT_THAT(refusal(other, binary_), HasSubstr("was not made from the program of bundle"));
}

TEST_F(BoardBinaries, that_was_cut_short_is_refused) {
  for (const std::size_t left : {binary_.size() - 1, binary_.size() / 2, std::size_t{100}, std::size_t{5}}) {
    EXPECT_THAT(refusal(*own_, binary_.substr(0, left)),
                testing::AnyOf(HasSubstr("was cut short"), HasSubstr("no file of the vendor's")))
        << left << " bytes";
  }
}

TEST_F(BoardBinaries, that_is_not_the_one_that_was_built_is_refused) {
  EXPECT_THAT(refusal(*own_, binary_, std::string(64, '0')), HasSubstr("is not the one that was built"));
}

TEST_F(BoardBinaries, of_another_board_is_refused) {
  std::string foreign = binary_;
  foreign.replace(foreign.find(board::kBoardName), 8, "another_");
  EXPECT_THAT(refusal(*own_, foreign), HasSubstr("does not take it"));
}

TEST_F(BoardBinaries, of_something_else_is_refused) {
  EXPECT_THAT(refusal(*own_, read_file("/proc/self/exe").value()), HasSubstr("does not take it"));
}

}  // namespace
}  // namespace sluice::test
