// SPDX-License-Identifier: Apache-2.0
// What has no place on the device is refused: every node of it, by name, with what to do instead.
#include <gtest/gtest.h>

#include "onnx.pb.h"
#include "tests/unit/compiler/passes/quirk.hpp"

namespace sluice {
namespace {

using testing::finish;
using testing::normal_ops;
using testing::OnnxWriter;

void says(const std::string& error, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    EXPECT_NE(error.find(word), std::string::npos) << "\"" << word << "\" not in: " << error;
}

TEST(Refusal, names_all_nodes_at_once) {
  OnnxWriter w(13);
  auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  y = w.node("Mul", {y, w.node("Transpose", {y}, {{"perm", {0, 1, 3, 2}}})});
  y = w.node("Add", {y, w.random({1, 4, 4, 4})});
  says(normal_ops(w, finish(w, y, 4)), {"3 nodes", "Transpose_1", "Mul_2", "squeeze-excite", "Add_3"});
}

// The reshape in front of it, the activation and the matrix after it would be fine without it.
TEST(Refusal, names_the_cause_alone) {
  OnnxWriter w(13);
  auto y = w.node("Flatten", {w.node("Conv", {w.input("x", {1, 3, 16, 16}), w.random({4, 3, 1, 1})})});
  y = w.node("BatchNormalization", {y, w.random({1024}), w.random({1024}), w.random({1024}), w.number(1.0f, {1024})});
  y = w.node("Gemm", {w.node("Relu", {y}), w.random({1024, 5})});
  const std::string error = normal_ops(w, y);
  says(error, {"1 node cannot", "BatchNormalization_2", "1x1024", "up to 512 numbers"});
}

TEST(Refusal, weights_that_are_computed) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 6, 6});
  const auto weights = w.node(
      "Reshape", {w.node("Slice", {x, w.integers({0}), w.integers({3}), w.integers({2})}), w.integers({6, 3, 1, 3})});
  says(normal_ops(w, finish(w, w.node("Conv", {x, weights}), 6)), {"Conv_2", "computed"});
}

TEST(Refusal, a_bias_of_integers) {
  for (const bool is_normalised_first : {false, true}) {
    OnnxWriter w(13);
    auto y = w.input("x", {1, 3, 6, 6});
    const auto normalise = [&](int channels) {
      return w.node("BatchNormalization",
                    {y, w.random({channels}), w.random({channels}), w.random({channels}), w.number(1.0f, {channels})});
    };
    if (is_normalised_first) y = normalise(3);
    y = w.node("Conv", {y, w.random({4, 3, 1, 1}), w.integers({0, 0, 0, 0})});
    if (!is_normalised_first) y = normalise(4);
    says(normal_ops(w, finish(w, y, 4)), {"Conv", "integers"});
  }
}

TEST(Refusal, weights_that_are_not_finite) {
  OnnxWriter w(13);
  const auto y =
      w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.number(std::numeric_limits<float>::infinity(), {4, 3, 1, 1})});
  says(normal_ops(w, finish(w, y, 4)), {"Conv_0", "infinity or NaN"});
}

TEST(Refusal, a_result_that_is_a_map) {
  OnnxWriter w(13);
  says(normal_ops(w, w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})})),
       {"Conv_0", "1x4x4x4", "one number per class"});
}

TEST(Refusal, a_flattened_map_as_a_result) {
  OnnxWriter w(13);
  says(normal_ops(w, w.node("Flatten", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})})})),
       {"Flatten_1"});
}

TEST(Refusal, a_batch_of_pictures) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {2, 3, 6, 6}), w.random({4, 3, 3, 3})});
  says(normal_ops(w, finish(w, w.node("Add", {x, w.random({2, 4, 1, 1})}), 4)), {"2 pictures at once", "batch"});
}

TEST(Refusal, scores_that_do_not_depend_on_the_picture) {
  OnnxWriter w(13);
  w.input("x", {1, 3, 6, 6});
  says(normal_ops(w, w.node("Add", {w.random({1, 3}), w.random({1, 3})})), {"do not depend on the picture"});
}

// What the float interpreter computes is no promise of a kernel.
TEST(Refusal, a_normalisation_in_training_mode) {
  OnnxWriter w(14);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  const auto y = w.node("BatchNormalization", {map, w.random({4}), w.random({4}), w.random({4}), w.random({4}, 1, 2)},
                        {{"training_mode", 1}});
  says(normal_ops(w, finish(w, y, 4)), {"BatchNormalization_1", "training mode", "model.eval()"});
}

TEST(Refusal, a_normalisation_in_training_mode_in_front_of_a_matrix) {
  OnnxWriter w(14);
  const auto row = w.node(
      "Flatten", {w.node("GlobalAveragePool", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})})})});
  const auto y = w.node("BatchNormalization", {row, w.random({4}), w.random({4}), w.random({4}), w.random({4}, 1, 2)},
                        {{"training_mode", 1}});
  says(normal_ops(w, w.node("Gemm", {y, w.random({4, 5})})), {"BatchNormalization_3", "model.eval()"});
}

TEST(Refusal, volumes) {
  OnnxWriter w(13);
  auto y = w.node("Conv", {w.input("x", {1, 3, 6, 6, 6}), w.random({4, 3, 3, 3, 3})});
  y = w.node("AveragePool", {w.node("MaxPool", {y}, {{"kernel_shape", {2, 2, 2}}})}, {{"kernel_shape", {3, 3, 3}}});
  says(normal_ops(w, y), {"no picture", "1x3x6x6x6", "1xCxHxW"});
}

TEST(Refusal, side_outputs) {
  OnnxWriter w(13);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  const auto pooled = w.node("MaxPool", {map}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  w.model().mutable_graph()->mutable_node(1)->add_output("places");
  const auto y = w.node("Add", {pooled, w.node("Cast", {"places"}, {{"to", 1}})});
  says(normal_ops(w, finish(w, y, 4)), {"MaxPool_1.Indices", "computed values"});
}

TEST(Refusal, side_outputs_that_have_no_meaning_here) {
  OnnxWriter w(9);
  const auto y = w.node("Dropout", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})})});
  w.model().mutable_graph()->mutable_node(1)->add_output("mask");
  says(normal_ops(w, finish(w, w.node("Add", {y, "mask"}), 4)), {"Dropout node \"Dropout_1\"", "since opset 10"});
}

TEST(Refusal, operators_of_our_own_naming) {
  OnnxWriter w(13);
  says(normal_ops(w, w.node("Dropout.mask", {w.input("x", {1, 3, 6, 6})})), {"Dropout.mask", "not supported"});
}

TEST(Refusal, text) {
  OnnxWriter w(13);
  const auto map = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  says(normal_ops(w, finish(w, w.node("Cast", {w.node("Cast", {map}, {{"to", 8}})}, {{"to", 1}}), 4)),
       {"Cast_1", "text"});
  OnnxWriter weights(13);
  const auto names =
      weights.tensor({.dims = {4, 3, 1, 1}, .texts = std::vector<std::string>(12, "1"), .type = ir::ElementType::text});
  says(normal_ops(weights, finish(weights, weights.node("Conv", {weights.input("x", {1, 3, 6, 6}), names}), 4)),
       {"Conv_0", "input 1 is text"});
}

TEST(Refusal, softmax_inside_the_network) {
  OnnxWriter w(13);
  const auto y =
      w.node("Softmax", {w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})})}, {{"axis", 1}});
  says(normal_ops(w, finish(w, y, 4)), {"Softmax_1", "after the scores only"});
}

TEST(Refusal, maps_of_different_sizes_added) {
  OnnxWriter w(13);
  const auto x = w.node("Conv", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 1, 1})});
  says(normal_ops(w, finish(w, w.node("Add", {x, w.node("GlobalAveragePool", {x})}), 4)), {"Add_2", "one shape"});
}

}  // namespace
}  // namespace sluice
