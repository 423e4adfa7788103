// SPDX-License-Identifier: Apache-2.0
// What follows the scores: names of classes in place of scores are left out.
#include <gtest/gtest.h>

#include "compiler/quantise/host_tail.hpp"
#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::normalised;
using testing::OnnxWriter;

struct Classifier {
  OnnxWriter w{13};
  std::string scores = finish(w, w.node("Conv", {w.input("x", {1, 3, 5, 5}), w.random({4, 3, 1, 1})}), 4);

  // Operators after the scores; those that the host computes.
  void expect(const std::string& output, const std::string& tail, std::size_t steps) {
    const auto result = normalised(w, output);
    ASSERT_EQ(result.error, "");
    std::string ops;
    for (const ir::Node& node : result.graph.host_tail) ops += (ops.empty() ? "" : ", ") + node.op;
    EXPECT_EQ(ops, tail);
    EXPECT_NE(class_node(result.graph), nullptr);
    ASSERT_RESULT(made, host_tail_steps(result.graph));
    EXPECT_EQ(made.size(), steps);
  }
};

TEST(Tail, the_largest_of_the_scores) {
  Classifier s;
  s.expect(s.w.node("ArgMax", {s.scores}, {{"axis", 1}}), "ArgMax", 0);
}

TEST(Tail, the_largest_of_probabilities_in_another_type_and_shape) {
  Classifier s;
  const auto best = s.w.node("ArgMax", {s.w.node("Softmax", {s.scores})}, {{"axis", -1}, {"keepdims", 0}});
  s.expect(s.w.node("Unsqueeze", {s.w.node("Cast", {best}, {{"to", 6}}), s.w.integers({0})}),
           "Softmax, ArgMax, Cast, Unsqueeze", 1);
}

TEST(Tail, the_places_of_the_best) {
  Classifier s;
  s.w.node("TopK", {s.scores, s.w.integers({2})});
  s.expect(s.w.further_output(), "TopK.Indices", 0);
}

TEST(Tail, numbers_of_the_best_and_other_rankings_are_refused) {
  Classifier s;
  const auto numbers = s.w.node("TopK", {s.scores, s.w.integers({2})});
  EXPECT_NE(testing::normal_ops(s.w, numbers).find("ranks something else"), std::string::npos);
  Classifier t;
  const auto rows = t.w.node("ArgMax", {t.scores}, {{"axis", 0}});
  EXPECT_NE(testing::normal_ops(t.w, rows).find("ranks something else"), std::string::npos);
}

}  // namespace
}  // namespace sluice
