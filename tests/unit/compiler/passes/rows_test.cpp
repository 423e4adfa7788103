// SPDX-License-Identifier: Apache-2.0
// Rows and matrices: every way to write the classifier's layer and the squeeze-excite branch becomes convolutions.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

struct SmallMap {
  OnnxWriter w{13};
  std::string map = w.node("Conv", {w.input("x", {1, 3, 4, 5}), w.random({2, 3, 1, 1})});  // 1x2x4x5
};

TEST(Gemm, takes_every_attribute) {
  for (const int transposed : {0, 1}) {
    SmallMap s;
    const auto matrix = transposed ? s.w.random({3, 40}) : s.w.random({40, 3});
    const auto y = s.w.node("Gemm", {s.w.node("Flatten", {s.map}), matrix, s.w.random({1, 3})},
                            {{"alpha", 0.5f}, {"beta", 2.0f}, {"transB", transposed}});
    EXPECT_EQ(normal_ops(s.w, y), "Conv, Conv") << "transB " << transposed;
  }
}

TEST(Gemm, of_a_column_taken_transposed) {
  SmallMap s;
  const auto column = s.w.node("Reshape", {s.map, s.w.integers({40, 1})});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {column, s.w.random({40, 3}), s.w.number(0.5f)}, {{"transA", 1}})),
            "Conv, Conv");
}

TEST(Gemm, two_in_a_row_with_activation_and_dropout) {
  SmallMap s;
  auto y = s.w.node("Gemm", {s.w.node("Flatten", {s.map}), s.w.random({40, 6}), s.w.random({6})});
  y = s.w.node("Dropout", {s.w.node("Relu", {y})});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {y, s.w.random({6, 3}), s.w.random({3})})), "Conv, Conv relu, Conv");
}

TEST(MatMul, with_a_bias_added_behind_it) {
  SmallMap s;
  const auto y = s.w.node("MatMul", {s.w.node("Reshape", {s.map, s.w.integers({0, -1})}), s.w.random({40, 3})});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Add", {s.w.random({3}), y})), "Conv, Conv");
}

TEST(MatMul, with_weights_reshaped_in_the_graph) {
  SmallMap s;
  const auto matrix = s.w.node("Reshape", {s.w.random({2, 4, 5, 3}), s.w.integers({40, 3})});
  EXPECT_EQ(normal_ops(s.w, s.w.node("MatMul", {s.w.node("Flatten", {s.map}), matrix})), "Conv, Conv");
}

TEST(Rows, an_activation_between_flatten_and_matrix) {
  SmallMap s;
  const auto row = s.w.node("Clip", {s.w.node("Relu", {s.w.node("Flatten", {s.map})}), s.w.number(0), s.w.number(6)});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {row, s.w.random({40, 3})})), "Conv relu6, Conv");
}

// Keras: Flatten, BatchNormalization, an activation, Dense.
TEST(Rows, a_normalisation_of_features_with_an_activation_is_a_layer) {
  SmallMap s;
  const auto row = s.w.node("Flatten", {s.map});
  const auto norm = s.w.node("BatchNormalization",
                             {row, s.w.random({40}), s.w.random({40}), s.w.random({40}), s.w.random({40}, 0.5f, 2)});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {s.w.node("Relu", {norm}), s.w.random({40, 3})})),
            "Conv, Conv relu, Conv");
}

TEST(Rows, an_activation_after_a_map_is_flattened_channels_last) {
  SmallMap s;
  const auto last = s.w.node("Transpose", {s.map}, {{"perm", {0, 2, 3, 1}}});
  const auto row = s.w.node("Relu", {s.w.node("Reshape", {last, s.w.integers({1, -1})})});
  const auto scaled = s.w.node("Mul", {row, s.w.number(0.5f)});
  EXPECT_EQ(normal_ops(s.w, s.w.node("MatMul", {scaled, s.w.random({40, 3})})), "Conv relu, Conv");
}

TEST(Rows, squeeze_excite_through_matrices) {
  SmallMap s;
  auto gate = s.w.node("Reshape", {s.w.node("GlobalAveragePool", {s.map}), s.w.integers({1, 2})});
  gate = s.w.node("Relu", {s.w.node("Gemm", {gate, s.w.random({2, 4}), s.w.random({4})})});
  gate = s.w.node("HardSigmoid", {s.w.node("Gemm", {gate, s.w.random({4, 2}), s.w.random({2})})});
  gate = s.w.node("Unsqueeze", {s.w.node("Unsqueeze", {gate, s.w.integers({2})}), s.w.integers({3})});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, s.w.node("Mul", {gate, s.map}), 2)),
            "Conv, GlobalAveragePool, Conv relu, Conv hard_sigmoid[0.2,0.5], Mul, " + kEnd);
}

TEST(Rows, joined_rows_are_joined_channels) {
  SmallMap s;
  const auto a = s.w.node("Flatten", {s.w.node("GlobalAveragePool", {s.map})});
  const auto b = s.w.node("Gemm", {s.w.node("Flatten", {s.map}), s.w.random({40, 3})});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {s.w.node("Concat", {a, b}, {{"axis", -1}}), s.w.random({5, 3})})),
            "Conv, GlobalAveragePool, Conv, Concat, Conv");
}

TEST(Rows, tail_stays_on_the_host) {
  for (const char* last : {"Softmax", "LogSoftmax", "Sigmoid"}) {
    SmallMap s;
    const auto scores = s.w.node("Conv", {s.w.node("GlobalAveragePool", {s.map}), s.w.random({3, 2, 1, 1})});
    const auto result = testing::normalised(s.w, s.w.node(last, {s.w.node("Flatten", {scores})}));
    ASSERT_EQ(result.error, "");
    EXPECT_EQ(testing::ops_text(result.graph), "Conv, GlobalAveragePool, Conv");
    EXPECT_EQ(result.graph.host_tail.size(), 2u);
  }
}

TEST(Transpose, channels_last_from_picture_to_matrix) {
  OnnxWriter w(13);
  auto y = w.node("Transpose", {w.input("x", {1, 4, 5, 3})}, {{"perm", {0, 3, 1, 2}}});
  y = w.node("Relu", {w.node("Conv", {y, w.random({2, 3, 1, 1})})});
  y = w.node("Transpose", {y}, {{"perm", {0, 2, 3, 1}}});
  y = w.node("Reshape", {y, w.integers({-1, 40})});
  const auto result = testing::normalised(w, w.node("MatMul", {y, w.random({40, 3})}));
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(testing::ops_text(result.graph), "Conv relu, Conv");
  EXPECT_EQ(result.graph.shapes.at("x"), (ir::Dims{1, 3, 4, 5}));
}

TEST(Transpose, pairs_cancel) {
  SmallMap s;
  const auto there = s.w.node("Transpose", {s.map}, {{"perm", {0, 2, 3, 1}}});
  const auto back = s.w.node("Transpose", {there}, {{"perm", {0, 3, 1, 2}}});
  EXPECT_EQ(normal_ops(s.w, finish(s.w, back, 2)), "Conv, " + kEnd);
}

TEST(Transpose, a_mean_over_channels_last) {
  SmallMap s;
  const auto turned = s.w.node("Transpose", {s.map}, {{"perm", {0, 2, 3, 1}}});
  const auto y = s.w.node("ReduceMean", {turned}, {{"axes", {1, 2}}, {"keepdims", 0}});
  EXPECT_EQ(normal_ops(s.w, s.w.node("Gemm", {y, s.w.random({2, 3})})), "Conv, " + kEnd);
}

}  // namespace
}  // namespace sluice
