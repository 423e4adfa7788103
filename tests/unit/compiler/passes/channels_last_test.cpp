// SPDX-License-Identifier: Apache-2.0
// Exports from TensorFlow: channels-last pictures, whatever stands in front of the Transpose, and maps turned back and
// forth between element-wise nodes.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

std::string to_first(OnnxWriter& w, const std::string& x) { return w.node("Transpose", {x}, {{"perm", {0, 3, 1, 2}}}); }
std::string to_last(OnnxWriter& w, const std::string& x) { return w.node("Transpose", {x}, {{"perm", {0, 2, 3, 1}}}); }

// Keras' Rescaling and Normalization: one number, or one for each channel, which is the last axis there.
TEST(ChannelsLast, scaling_and_normalisation_before_the_transpose) {
  OnnxWriter w(13);
  const auto scaled = w.node("Mul", {w.input("x", {1, 5, 6, 3}), w.number(0.5f)});
  const auto centred = w.node("Sub", {scaled, w.values({3}, {0.1f, 0.2f, 0.3f})});
  const auto normal = w.node("Div", {centred, w.values({1, 1, 1, 3}, {0.5f, 2.0f, 3.0f})});
  const auto y = w.node("Conv", {to_first(w, normal), w.random({4, 3, 3, 3})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, " + kEnd);
}

TEST(ChannelsLast, a_picture_that_is_also_read_as_it_is_stays) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 5, 5, 3});
  const auto y = w.node("Conv", {to_first(w, x), w.random({5, 3, 1, 1})});
  const auto other = w.node("Conv", {x, w.random({5, 5, 1, 1})});  // takes rows for channels
  const auto result = testing::normalised(w, w.node("Add", {finish(w, y, 5), finish(w, other, 5)}));
  EXPECT_NE(result.error.find("moves channels"), std::string::npos) << result.error;
}

TEST(ChannelsLast, one_channel_turned_by_a_reshape) {
  OnnxWriter w(13);
  const auto scaled = w.node("Mul", {w.input("x", {1, 5, 6, 1}), w.number(0.5f)});
  const auto turned = w.node("Reshape", {scaled, w.integers({-1, 1, 5, 6})});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Conv", {turned, w.random({4, 1, 3, 3})}), 4)), "Conv, " + kEnd);
}

TEST(ChannelsLast, a_residual_block_between_transposes) {
  OnnxWriter w(13);
  const auto conv = [&](const std::string& x, std::int64_t channels) {
    return to_last(w, w.node("Conv", {to_first(w, x), w.random({4, channels, 1, 1})}));
  };
  const auto a = w.node("Relu", {w.node("Add", {conv(w.input("x", {1, 5, 6, 3}), 3), w.random({4})})});
  const auto sum = w.node("Relu", {w.node("Add", {conv(a, 4), a})});
  const auto joined = to_first(w, w.node("Concat", {sum, a}, {{"axis", 3}}));
  EXPECT_EQ(normal_ops(w, finish(w, joined, 8)), "Conv relu, Conv, Add relu, Concat, " + kEnd);
}

// Keras: Flatten, BatchNormalization of each feature (as Mul and Add), Dense.
TEST(ChannelsLast, features_scaled_and_shifted_after_flatten) {
  OnnxWriter w(13);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 4, 5}), w.random({2, 3, 1, 1})});
  auto row = w.node("Reshape", {to_last(w, map), w.integers({-1, 40})});
  row = w.node("Add", {w.node("Mul", {row, w.random({40})}), w.random({1, 40})});
  const auto y = w.node("Add", {w.node("MatMul", {row, w.random({40, 3})}), w.random({3})});
  EXPECT_EQ(normal_ops(w, y), "Conv, Conv");
}

// What the matrix takes over is still there for others.
TEST(ChannelsLast, features_that_two_matrices_read) {
  OnnxWriter w(13);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 4, 5}), w.random({2, 3, 1, 1})});
  const auto row = w.node("Mul", {w.node("Flatten", {map}), w.random({40})});
  const auto y =
      w.node("Add", {w.node("MatMul", {row, w.random({40, 3})}), w.node("MatMul", {row, w.random({40, 3})})});
  EXPECT_EQ(normal_ops(w, y), "Conv, Conv, Conv, Add");
}

}  // namespace
}  // namespace sluice
