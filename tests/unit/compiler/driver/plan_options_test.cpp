// SPDX-License-Identifier: Apache-2.0
// What can be known to be wrong is said at once, with what is possible.
#include "compiler/driver/plan_options.hpp"

#include <gmock/gmock.h>

#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Options : public ::testing::Test {
 protected:
  Options() {
    options_.calibration = {"pictures"};
    options_.output = scratch_.path() / "bundle";
  }
  std::string refusal() const {
    const Status status = check_plan_options(options_);
    if (status) return "accepted";
    EXPECT_EQ(status.error().fault(), Fault::user);
    return status.error().text();
  }

  Scratch scratch_;
  PlanOptions options_;
};

TEST_F(Options, that_are_usual_are_accepted) {
  EXPECT_EQ(refusal(), "accepted");
  options_.engine = "pair_sparse", options_.from = "choose", options_.dump_after = "import",
  options_.stop_after = "build";
  EXPECT_EQ(refusal(), "accepted");
}

TEST_F(Options, unknown_engine) {
  options_.engine = "warp";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("warp"), HasSubstr("pair_sparse")));
}

TEST_F(Options, unknown_phase_lists_the_possible_ones) {
  options_.stop_after = "thresholds";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("thresholds"), HasSubstr("import"), HasSubstr("calibrate"),
                               HasSubstr("measure"), HasSubstr("write")));
}

TEST_F(Options, phases_in_the_wrong_order) {
  options_.stop_after = "quantise", options_.from = "build";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("--from build"), HasSubstr("comes later")));
  options_.from.clear(), options_.dump_after = "build";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("--dump-after build"), HasSubstr("comes later")));
}

TEST_F(Options, pictures_and_output) {
  options_.labels = "labels.txt", options_.calibration = {"a", "b"};
  EXPECT_THAT(refusal(), HasSubstr("--labels goes with one source of pictures, not 2"));
  options_.calibration.clear();
  EXPECT_THAT(refusal(), HasSubstr("no calibration pictures"));
  options_.output = scratch_.path();
  EXPECT_THAT(refusal(), HasSubstr("exists already"));
  options_.output = scratch_.path() / "no/bundle";
  EXPECT_THAT(refusal(), HasSubstr("no such folder to write into"));
}

TEST_F(Options, the_state_stands_beside_the_output) {
  EXPECT_EQ(options_.state_folder(), scratch_.path() / "bundle.plan");
  options_.output = scratch_.path() / "bundle/";
  EXPECT_EQ(options_.state_folder(), scratch_.path() / "bundle.plan");
  options_.state = "there";
  EXPECT_EQ(options_.state_folder(), "there");
}

}  // namespace
}  // namespace sluice::test
