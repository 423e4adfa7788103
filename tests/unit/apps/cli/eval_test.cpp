// SPDX-License-Identifier: Apache-2.0
// What `eval --model` says: with the planned file, with the same network under other names, and with another network.
#include <gmock/gmock.h>

#include "tests/unit/apps/cli/commands.hpp"
#include "tests/unit/compiler/driver/small_plan.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr unsigned kSeed = 5;  // of the planned network's weights
constexpr int kOtherNames = 20;

class EvalModel : public ::testing::Test {
 protected:
  EvalModel() {
    EXPECT_TRUE(plan(small_plan(scratch_), [](const std::string&) {}));
  }

  // Of the bundle, with a network of these weights whose nodes are numbered from `first_number` on.
  Finished eval(unsigned seed, int first_number, const std::vector<std::string>& more = {}) const {
    const std::filesystem::path file = scratch_.path() / "other.onnx";
    write_small_network(file, seed, first_number);
    std::vector<std::string> words{"eval",     (scratch_.path() / "bundle").string(),
                                   "--images", (scratch_.path() / "pictures.bin").string(),
                                   "--model",  file.string(),
                                   "--device", "none"};
    words.insert(words.end(), more.begin(), more.end());
    return command(words);
  }

  Scratch scratch_;
};

TEST_F(EvalModel, the_planned_file_judges_every_layer) {
  const Finished done = eval(kSeed, 0);
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("and 6 of 6 layers compute what their nodes do"));
  EXPECT_THAT(done.err, Not(HasSubstr("no layer")));
}

TEST_F(EvalModel, other_names_leave_the_scores_to_compare_and_that_is_said) {
  const Finished done = eval(kSeed, kOtherNames);
  EXPECT_EQ(done.status, 0) << done.err;
  EXPECT_THAT(done.err, AllOf(HasSubstr("other.onnx: no layer of the bundle comes from a node of this file"),
                              HasSubstr("only scores were compared")));
  EXPECT_THAT(done.out, HasSubstr("and 0 of 6 layers"));
  const Finished layers = eval(kSeed, kOtherNames, {"--first-diverging-layer"});
  EXPECT_EQ(layers.status, 1);
  EXPECT_THAT(layers.err, HasSubstr("none can diverge"));
}

TEST_F(EvalModel, another_network_is_an_error) {
  const Finished done = eval(kSeed + 1, kOtherNames);
  EXPECT_EQ(done.status, 1);
  EXPECT_THAT(done.err, AllOf(HasSubstr("other.onnx: "), HasSubstr("planned from another model")));
}

}  // namespace
}  // namespace sluice::test
