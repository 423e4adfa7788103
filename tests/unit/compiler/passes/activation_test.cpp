// SPDX-License-Identifier: Apache-2.0
// Activations: every way to write hard-swish is found, clamps join the node in front, and what finds none is a layer.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

const std::string kHardSwish = "Conv hard_swish[0.16666667,0.5], " + kEnd;

struct Start {
  OnnxWriter w;
  std::string x;  // after a convolution

  explicit Start(int opset) : w(opset) {
    x = w.node("Conv", {w.input("x", {1, 3, 5, 5}), w.random({4, 3, 3, 3}, -2, 2)});
  }
  std::string clip(const std::string& value, float low, float high) {
    if (w_opset() < 11) return w.node("Clip", {value}, {{"min", low}, {"max", high}});
    return w.node("Clip", {value, w.number(low), w.number(high)});
  }
  std::string gate() { return clip(w.node("Add", {x, w.number(3)}), 0, 6); }
  int w_opset() const { return opset_; }
  int opset_ = 13;
};

TEST(HardSwish, product_first_then_division) {
  Start s(13);
  const auto y = s.w.node("Div", {s.w.node("Mul", {s.x, s.gate()}), s.w.number(6)});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, division_first_and_operands_swapped) {
  Start s(13);
  const auto y = s.w.node("Mul", {s.w.node("Div", {s.gate(), s.w.number(6)}), s.x});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, multiplication_by_a_sixth) {
  Start s(13);
  const auto y = s.w.node("Mul", {s.w.number(1.0f / 6), s.w.node("Mul", {s.gate(), s.x})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, offset_on_the_left_and_the_gate_scaled) {
  Start s(13);
  const auto gate = s.clip(s.w.node("Add", {s.w.number(3, {1}), s.x}), 0, 6);
  const auto y = s.w.node("Mul", {s.x, s.w.node("Mul", {gate, s.w.number(0.16666667f)})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, clip_with_attributes) {
  Start s(9);
  s.opset_ = 9;
  const auto y = s.w.node("Div", {s.w.node("Mul", {s.x, s.gate()}), s.w.number(6)});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, times_hard_sigmoid) {
  Start s(13);
  const auto y = s.w.node("Mul", {s.x, s.w.node("HardSigmoid", {s.x}, {{"alpha", 1.0f / 6}})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), kHardSwish);
}

TEST(HardSwish, operator_of_opset_14) {
  Start s(14);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("HardSwish", {s.x}), 4)), kHardSwish);
}

TEST(HardSwish, another_height_is_no_hard_swish) {
  Start s(13);
  const auto gate = s.clip(s.w.node("Add", {s.x, s.w.number(2)}), 0, 6);
  const auto y = s.w.node("Div", {s.w.node("Mul", {s.x, gate}), s.w.number(6)});
  EXPECT_NE(normal_ops(s.w, finish(s.w, y, 4)).find("Mul"), std::string::npos);
}

TEST(HardSwish, on_a_value_with_two_readers_is_a_layer_of_its_own) {
  Start s(14);
  const auto y = s.w.node("Add", {s.x, s.w.node("HardSwish", {s.x})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), "Conv, Conv hard_swish[0.16666667,0.5], Add, " + kEnd);
}

TEST(HardSigmoid, keeps_its_own_slope) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("HardSigmoid", {s.x}), 4)), "Conv hard_sigmoid[0.2,0.5], " + kEnd);
}

TEST(HardSigmoid, written_out) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Div", {s.gate(), s.w.number(6)}), 4)),
            "Conv hard_sigmoid[0.16666667,0.5], " + kEnd);
}

TEST(Clamp, relu_then_clip_is_relu6) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.clip(s.w.node("Relu", {s.x}), 0, 6), 4)), "Conv relu6, " + kEnd);
}

TEST(Clamp, the_largest_float_is_no_bound) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.clip(s.x, 0, std::numeric_limits<float>::max()), 4)), "Conv relu, " + kEnd);
}

TEST(Clamp, clip_without_bounds_is_nothing) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Clip", {s.x}), 4)), "Conv, " + kEnd);
}

TEST(Clamp, second_clamp_inside_the_first) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.clip(s.clip(s.x, -1, 2), -3, 1), 4)), "Conv clamp[-1,1], " + kEnd);
}

TEST(Clamp, second_clamp_outside_the_first) {
  Start s(13);
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.clip(s.clip(s.x, -1, 1), 2, 3), 4)), "Conv clamp[2,2], " + kEnd);
}

// Every pair of clamps with or without each bound, crossing and not, on either side of a pool.
TEST(Clamp, two_in_a_row_keep_the_tighter_bound_of_each_side) {
  const std::vector<std::optional<float>> bounds{std::nullopt, -1.5f, 0.0f, 0.25f, 2.0f};
  for (std::size_t i = 0; i < 5 * 5 * 5 * 5 * 2; ++i) {
    Start s(13);
    const auto one_clip = [&](const std::string& x, std::size_t low, std::size_t high) {
      const auto bound = [&](std::size_t k) { return bounds[k] ? s.w.number(*bounds[k]) : std::string(); };
      return s.w.node("Clip", {x, bound(low), bound(high)});
    };
    auto y = one_clip(s.x, i % 5, i / 5 % 5);
    if (i % 2 == 1) y = s.w.node("MaxPool", {y}, {{"kernel_shape", {2, 2}}});
    y = one_clip(y, i / 25 % 5, i / 125 % 5);
    const auto result = testing::normalised(s.w, finish(s.w, y, 4));
    ASSERT_EQ(result.error, "") << i;
    EXPECT_EQ(result.graph.nodes[0].op, "Conv") << i;
    EXPECT_EQ(result.graph.nodes.size(), i % 2 == 1 ? 4u : 3u) << i;
  }
}

TEST(Clamp, relu_after_hard_tanh_loses_no_side) {
  Start s(13);
  const auto relu = s.w.node("Relu", {s.clip(s.x, -1, 1)});
  const auto y = s.w.node("Clip", {relu, s.w.number(0.25f)});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), "Conv clamp[0.25,1], " + kEnd);
}

TEST(Clamp, goes_through_max_pool_and_concat) {
  Start s(13);
  const auto other = s.w.node("Conv", {"x", s.w.random({2, 3, 3, 3})});
  const auto joined = s.w.node("Concat", {s.x, other}, {{"axis", 1}});
  const auto y = s.w.node("Relu", {s.w.node("MaxPool", {joined}, {{"kernel_shape", {2, 2}}})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 6)), "Conv relu, Conv relu, Concat, MaxPool, " + kEnd);
}

TEST(Clamp, a_curve_does_not_go_through_max_pool) {
  Start s(14);
  const auto y = s.w.node("HardSwish", {s.w.node("MaxPool", {s.x}, {{"kernel_shape", {2, 2}}})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 4)), "Conv, MaxPool, Conv hard_swish[0.16666667,0.5], " + kEnd);
}

TEST(Clamp, a_map_joined_with_itself_is_not_clamped_twice_over) {
  Start s(13);
  const auto y = s.w.node("Relu", {s.w.node("Concat", {s.x, s.x}, {{"axis", 1}})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, y, 8)), "Conv, Concat, Conv relu, " + kEnd);
}

TEST(Clamp, on_the_picture_is_a_layer) {
  OnnxWriter w(13);
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Relu", {w.input("x", {1, 3, 4, 4})}), 3)), "Conv relu, " + kEnd);
}

}  // namespace
}  // namespace sluice
