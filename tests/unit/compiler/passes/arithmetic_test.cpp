// SPDX-License-Identifier: Apache-2.0
// BatchNormalization and arithmetic with constants: folded where that is exact, a depthwise layer where it is not.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

std::string batch_norm(OnnxWriter& w, const std::string& x, std::int64_t channels) {
  return w.node("BatchNormalization", {x, w.random({channels}, 0.5f, 2), w.random({channels}), w.random({channels}),
                                       w.random({channels}, 0.5f, 2)});
}

TEST(BatchNorm, behind_a_convolution_vanishes) {
  OnnxWriter w(13);
  const auto y = batch_norm(w, w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})}), 4);
  const auto result = testing::normalised(w, finish(w, y, 4));
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(
      ir::print(result.graph),
      "input %x 1x3x6x6\n"
      "%conv_0 = Conv(%x, Conv_0_folded_weights[4x3x3x3], Conv_0_folded_bias[4]) {dilations=[1,1] kernel_shape=[3,3] "
      "pads=[0,0,0,0] strides=[1,1]}  # Conv_0\n"
      "%globalaveragepool_2 = GlobalAveragePool(%conv_0)  # GlobalAveragePool_2\n"
      "%gemm_4 = Conv(%globalaveragepool_2, Gemm_4_weights[3x4x1x1], Gemm_4_bias[3]) {kernel_shape=[1,1]}  # Gemm_4\n"
      "output %gemm_4 1x3x1x1\n");
}

TEST(BatchNorm, in_front_of_a_convolution_without_padding_vanishes) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {batch_norm(w, w.input("x", {1, 3, 6, 6}), 3), w.random({4, 3, 3, 3}), w.random({4})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, " + kEnd);
}

TEST(BatchNorm, in_front_of_padding_stays_a_layer) {
  OnnxWriter w(13);
  const auto y =
      w.node("Conv", {batch_norm(w, w.input("x", {1, 3, 6, 6}), 3), w.random({4, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, " + kEnd);
}

TEST(BatchNorm, behind_a_pad_does_not_go_through_it) {
  OnnxWriter w(13);
  const auto padded = w.node("Pad", {w.input("x", {1, 3, 6, 6}), w.integers({0, 0, 1, 1, 0, 0, 1, 1})});
  const auto y = w.node("Conv", {batch_norm(w, padded, 3), w.random({4, 3, 3, 3})});
  // The Pad is a convolution with weights 1, which takes the normalisation: the border is normalised too.
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, " + kEnd);
}

TEST(BatchNorm, on_a_sum_is_a_depthwise_layer_that_takes_the_relu) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 6, 6});
  const auto sum =
      w.node("Add", {w.node("Conv", {x, w.random({4, 3, 1, 1})}), w.node("Conv", {x, w.random({4, 3, 1, 1})})});
  const auto y = w.node("Conv", {w.node("Relu", {batch_norm(w, sum, 4)}), w.random({4, 4, 3, 3})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, Add, Conv relu, Conv, " + kEnd);
}

TEST(BatchNorm, in_front_of_grouped_and_depthwise_convolutions) {
  OnnxWriter w(13);
  const auto x = batch_norm(w, w.input("x", {1, 4, 6, 6}), 4);
  const auto grouped = w.node("Conv", {x, w.random({6, 2, 3, 3})}, {{"group", 2}});
  const auto depthwise = w.node("Conv", {x, w.random({4, 1, 3, 3})}, {{"group", 4}});
  const auto y = w.node("Concat", {grouped, depthwise}, {{"axis", 1}});
  EXPECT_EQ(normal_ops(w, finish(w, y, 10)), "Conv, Conv, Concat, " + kEnd);
}

TEST(BatchNorm, in_front_of_the_classifier_vanishes) {
  OnnxWriter w(13);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 4, 4}), w.random({2, 3, 1, 1})});
  const auto row = w.node("Relu", {w.node("Flatten", {map})});
  EXPECT_EQ(normal_ops(w, w.node("Gemm", {batch_norm(w, row, 32), w.random({32, 5}), w.random({5})})),
            "Conv relu, Conv");
}

TEST(Arithmetic, picture_normalisation_in_front_of_padding_is_exact) {
  OnnxWriter w(13);
  const auto mean = w.values({1, 3, 1, 1}, {0.4f, 0.5f, 0.6f}), deviation = w.values({3, 1, 1}, {0.2f, 0.3f, 0.25f});
  const auto x = w.node("Div", {w.node("Sub", {w.input("x", {1, 3, 6, 6}), mean}), deviation});
  const auto y = w.node("Conv", {x, w.random({4, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, " + kEnd);
}

TEST(Arithmetic, a_factor_alone_goes_through_padding) {
  OnnxWriter w(13);
  const auto x = w.node("Div", {w.input("x", {1, 3, 6, 6}), w.number(127.5f)});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Conv", {x, w.random({4, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}}), 4)),
            "Conv, " + kEnd);
}

TEST(Arithmetic, every_operator_on_either_side) {
  OnnxWriter w(13);
  auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  y = w.node("Add", {w.random({1, 4, 1, 1}), y});
  y = w.node("Sub", {w.random({4, 1, 1}), y});
  y = w.node("Sub", {y, w.number(0.3f)});
  y = w.node("Mul", {w.number(1.7f, {1}), y});
  y = w.node("Mul", {y, w.random({1, 4, 1, 1})});
  y = w.node("Div", {y, w.random({4, 1, 1}, 0.5f, 2)});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, " + kEnd);
}

TEST(Arithmetic, a_constant_that_is_the_same_all_over_the_map) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 3, 3}), w.random({4, 3, 1, 1})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Mul", {y, w.number(0.5f, {1, 4, 3, 3})}), 4)), "Conv, " + kEnd);
}

TEST(Arithmetic, a_constant_that_differs_by_pixel_is_refused_by_name) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 3, 3}), w.random({4, 3, 1, 1})});
  const std::string error = normal_ops(w, finish(w, w.node("Add", {y, w.random({1, 4, 3, 3})}), 4));
  EXPECT_NE(error.find("Add node \"Add_1\": adds a constant that differs from pixel to pixel"), std::string::npos)
      << error;
}

TEST(Arithmetic, sum_of_three_and_a_constant) {
  OnnxWriter w(8);
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto a = w.node("Conv", {x, w.random({4, 3, 1, 1})}), b = w.node("Conv", {x, w.random({4, 3, 1, 1})}),
             c = w.node("Conv", {x, w.random({4, 3, 1, 1})});
  const auto y = w.node("Relu", {w.node("Sum", {a, b, c, w.random({4, 1, 1})})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, Conv, Conv, Add, Add, Conv relu, " + kEnd);
}

TEST(Arithmetic, a_value_added_to_itself_is_doubled) {
  OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 3, 5, 5}), w.random({4, 3, 1, 1})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Add", {y, y}), 4)), "Conv, " + kEnd);
}

}  // namespace
}  // namespace sluice
