// SPDX-License-Identifier: Apache-2.0
// Shape chains, constants in every form, open sizes: gone after import, whatever the opset.
#include <gtest/gtest.h>

#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::kEnd;
using testing::normal_ops;
using testing::OnnxWriter;

TEST(FoldConstants, a_flatten_written_as_shape_gather_unsqueeze_concat_reshape) {
  for (const int opset : {9, 13}) {
    OnnxWriter w(opset);
    const auto map = w.node("Conv", {w.input("x", {-1, 3, 4, 4}), w.random({2, 3, 1, 1})});
    const ir::Tensor zero{.dims = {}, .integers = {0}, .type = ir::ElementType::int64};
    auto batch = w.node("Gather", {w.node("Shape", {map}), w.tensor(zero)}, {{"axis", 0}});
    batch = opset < 13 ? w.node("Unsqueeze", {batch}, {{"axes", {0}}}) : w.node("Unsqueeze", {batch, w.integers({0})});
    const auto shape = w.node("Concat", {batch, w.integers({-1})}, {{"axis", 0}});
    const auto y = w.node("Gemm", {w.node("Reshape", {map, shape}), w.random({32, 3}), w.random({3})});
    EXPECT_EQ(normal_ops(w, y), "Conv, Conv") << "opset " << opset;
  }
}

TEST(FoldConstants, a_flatten_written_as_shape_slice_cast) {
  OnnxWriter w(10);
  const auto map = w.node("GlobalAveragePool", {w.input("x", {1, 3, 4, 4})});
  const auto part = [&](std::int64_t first) {
    const auto shape = w.node("Cast", {w.node("Shape", {map})}, {{"to", 6}});
    return w.node("Cast", {w.node("Slice", {shape, w.integers({first}), w.integers({first + 1}), w.integers({0})})},
                  {{"to", 7}});
  };
  const auto row = w.node("Reshape", {map, w.node("Concat", {part(0), part(1)}, {{"axis", -1}})});
  EXPECT_EQ(normal_ops(w, w.node("MatMul", {row, w.random({3, 5})})), kEnd);
}

TEST(FoldConstants, pads_computed_by_the_exporter) {
  OnnxWriter w(13);
  const auto zeros = w.node("ConstantOfShape", {w.integers({4})}, {{"value", ir::Tensor::of_integers({0})}});
  auto pads =
      w.node("Reshape", {w.node("Concat", {w.integers({0, 1, 2, 3}), zeros}, {{"axis", 0}}), w.integers({-1, 2})});
  pads = w.node("Slice", {pads, w.integers({-1}), w.integers({std::numeric_limits<std::int64_t>::min() + 1}),
                          w.integers({0}), w.integers({-1})});
  pads = w.node("Cast", {w.node("Reshape", {w.node("Transpose", {pads}, {{"perm", {1, 0}}}), w.integers({-1})})},
                {{"to", 7}});
  const auto y = w.node("Conv", {w.node("Pad", {w.input("x", {1, 3, 6, 6}), pads, ""}), w.random({4, 3, 4, 3})});
  const auto result = testing::normalised(w, finish(w, y, 4));
  ASSERT_EQ(result.error, "");
  EXPECT_EQ(result.graph.nodes[0].integers("pads", {}), (std::vector<std::int64_t>{2, 0, 3, 1}));
}

TEST(FoldConstants, constant_nodes_and_biases_reshaped) {
  OnnxWriter w(10);
  const auto weights = w.node("Constant", {}, {{"value", testing::random_tensor({4, 3, 1, 1}, 7)}});
  const auto bias = w.node(
      "Reshape", {w.node("Constant", {}, {{"value", testing::random_tensor({4}, 8)}}), w.integers({1, 4, 1, 1})});
  const auto y = w.node("Identity", {w.node("Add", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), weights}), bias})});
  EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv, " + kEnd);
}

TEST(FoldConstants, a_huge_result_of_a_tiny_constant_is_not_made) {
  OnnxWriter w(13);
  const auto huge = w.node("ConstantOfShape", {w.integers({1, 3, 4000, 4000})});
  const std::string error = normal_ops(w, finish(w, w.node("Add", {w.input("x", {1, 3, 4000, 4000}), huge}), 3));
  EXPECT_NE(error.find("ConstantOfShape_0"), std::string::npos) << error;
}

TEST(Identities, casts_between_floats_and_dropout) {
  OnnxWriter w(13);
  auto y = w.node("Cast", {w.input("x", {1, 3, 6, 6})}, {{"to", 1}});
  y = w.node("Dropout", {w.node("Cast", {y}, {{"to", 10}}), w.number(0.5f)});
  EXPECT_EQ(normal_ops(w, finish(w, w.node("Identity", {y}), 3)), kEnd);
}

TEST(OpenSizes, are_fixed_by_the_caller) {
  OnnxWriter w(13);
  const auto y = finish(w, w.node("Conv", {w.input("x", {-1, 3, -1, -1}), w.random({4, 3, 3, 3})}), 4);
  EXPECT_NE(normal_ops(w, y).find("--input-shape"), std::string::npos);
  EXPECT_EQ(normal_ops(w, y, 1e-4, {.input_shape = ir::Dims{1, 3, 8, 7}}), "Conv, " + kEnd);
  EXPECT_NE(normal_ops(w, y, 1e-4, {.input_shape = ir::Dims{1, 1, 8, 7}}).find("does not fit"), std::string::npos);
}

TEST(Opsets, one_network_in_all_of_them) {
  for (int opset = 7; opset <= 20; ++opset) {
    OnnxWriter w(opset);
    auto y = w.node("Conv", {w.input("x", {1, 3, 9, 9}), w.random({4, 3, 3, 3}), w.random({4})}, {{"strides", {2, 2}}});
    y = w.node("BatchNormalization", {y, w.random({4}), w.random({4}), w.random({4}), w.random({4}, 0.5f, 2)});
    y = opset < 11 ? w.node("Clip", {y}, {{"min", 0.0f}, {"max", 6.0f}})
                   : w.node("Clip", {y, w.number(0), w.number(6)});
    y = w.node("MaxPool", {y}, {{"kernel_shape", {2, 2}}});
    EXPECT_EQ(normal_ops(w, finish(w, y, 4)), "Conv relu6, MaxPool, " + kEnd) << "opset " << opset;
  }
}

}  // namespace
}  // namespace sluice
