// SPDX-License-Identifier: Apache-2.0
// The command on a board, as its owner types it: `sluice plan`, a binary with the clock that was fitted beside it, then
// `eval` and `bench` with --device fpga --binary; each in a process of its own, one after another. Small batches: where
// other programs run beside it, this board takes seconds for 64 images.
#include <cstdlib>

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/process.hpp"
#include "runtime/bundle/fitted_build.hpp"
#include "runtime/bundle/program_identity.hpp"
#include "tests/board/binary.hpp"
#include "tests/board/stand_in.hpp"

namespace sluice::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kPictures = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";

class BoardCommand : public testing::Test {
 protected:
  std::string told_by(std::vector<std::string> words) {
    words.insert(words.begin(), SLUICE_COMMAND);
    auto end = run_process(words, scratch_.path() / "told");
    EXPECT_TRUE(end) << end.error().text();
    EXPECT_EQ(end->exit_code, 0) << end->text;
    return end->text;
  }

  // The demo network, planned; a binary of it, which runs at 187 MHz.
  void SetUp() override {
    const std::string example = SLUICE_SOURCE_DIR "/apps/examples/fashion_mnist/resnet8_fashion_mnist.onnx";
    bundle_ = (scratch_.path() / "demo").string();
    told_by({"plan",
             example,
             "--calib",
             "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz",
             "--pixel-max",
             "1",
             "--mean",
             "0.2860",
             "--std",
             "0.3530",
             "--calib-images",
             "20",
             "--held-out",
             "10",
             "--trials",
             "0",
             "--clock-mhz",
             "220",
             "-o",
             bundle_});
    const Bundle bundle = Bundle::open(bundle_).value();
    binary_ = StandIn::instance().binary_of(bundle).value().string();
    FittedBuild build;
    build.program = identity_kernel(bundle.hashes());
    build.board = board::kBoardName;
    build.planned_clock_mhz = 220;
    build.clock_mhz = 187;
    ASSERT_TRUE(write_file(fitted_build_file(binary_), fitted_build_to_json(build)));
  }

  const Scratch scratch_;
  std::string bundle_, binary_;
};

TEST_F(BoardCommand, evaluates_and_measures_on_a_board) {
  EXPECT_THAT(told_by({"eval", bundle_, "--images", kPictures, "--first", "24", "--device", "fpga", "--in-flight", "3",
                       "--binary", binary_}),
              HasSubstr("24 of 24"));
  const std::string bench = told_by({"bench", bundle_, "--images", kPictures, "--first", "12", "--seconds", "1",
                                     "--device", "fpga", "--in-flight", "3", "--binary", binary_});
  EXPECT_THAT(bench, HasSubstr("images are launched in batches of 1"));
  EXPECT_THAT(bench,
              ContainsRegex("row 0 at 187 MHz: [0-9]+ images/s estimated, [0-9]+ measured here; first layer that "
                            "departs: l[0-9]+_"));
  EXPECT_THAT(bench, ContainsRegex("source +[0-9.]+ %")) << "kernels that the host launches";
  EXPECT_THAT(bench, testing::Not(HasSubstr("multiplier arrays"))) << "a board's host sees no layer";
  EXPECT_EQ(StandIn::instance().state().hosts, 2) << "each a host of its own";
  EXPECT_EQ(StandIn::instance().state().programmings, 2);
}

}  // namespace
}  // namespace sluice::test
