// SPDX-License-Identifier: Apache-2.0
// Faults that a pass could have, planted into the graph that the passes made: each is found, at its node. Sound graphs
// of the same files pass.
#include "compiler/validation/validate_import.hpp"

#include <gmock/gmock.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/validation/value_search.hpp"
#include "onnx.pb.h"
#include "tests/support/onnx_writer.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::OnnxWriter;

const Preprocess kPixels{0, false, {127.5, 127.5, 127.5}, {63.75, 63.75, 63.75}};  // -2 to 2

// A file, and the graph that importer and passes make of it.
struct Case {
  std::string bytes;
  ir::Graph graph;

  ir::Node& node(const std::string& name) {
    for (ir::Node& node : graph.nodes) {
      if (node.name == name) return node;
    }
    ADD_FAILURE() << name << " is not in\n" << ir::print(graph);
    return graph.nodes.front();
  }
  ir::Tensor& weights(const std::string& name) { return graph.initialisers.at(node(name).inputs[1]); }

  Result<ImportValidation> validate() const {
    const auto model = SLUICE_TRY(definition::DefinedModel::from_bytes(bytes));
    const MapShape shape = picture_shape(graph);
    Preprocess preprocess = kPixels;
    preprocess.mean.resize(static_cast<std::size_t>(shape.channels));
    preprocess.deviation.resize(static_cast<std::size_t>(shape.channels));
    std::vector<ValidationInput> inputs = SLUICE_TRY(random_inputs(shape, preprocess));
    return validate_import(model, graph, preprocess, inputs);
  }
  // The error's words; empty when there is none.
  std::string parted() const {
    const auto result = validate();
    if (result) return {};
    EXPECT_EQ(result.error().fault(), Fault::bug) << result.error().text();
    return result.error().text();
  }
};

Case imported(const OnnxWriter& w, const std::string& output) {
  Case made{w.bytes(output), {}};
  auto graph = frontend::import_onnx_bytes(made.bytes, "net.onnx");
  EXPECT_TRUE(static_cast<bool>(graph)) << graph.error().text();
  made.graph = std::move(*graph);
  const Status status = passes::normalise(made.graph);
  EXPECT_TRUE(static_cast<bool>(status)) << status.error().text();
  return made;
}

std::string classifier(OnnxWriter& w, const std::string& map, std::int64_t channels) {
  return w.node("Gemm", {w.node("Flatten", {w.node("GlobalAveragePool", {map})}), w.random({channels, 7})});
}

// Conv_1 with ReLU6, a residual sum, a pool, Softmax at the end.
Case residual() {
  OnnxWriter w(13, 3);
  const auto clip = [&](const std::string& x) { return w.node("Clip", {x, w.number(0), w.number(6)}); };
  const std::string x = w.input("x", {1, 3, 12, 12});
  const std::string stem = clip(w.node("Conv", {x, w.random({8, 3, 3, 3})}, {{"pads", {1, 1, 1, 1}}}));
  const std::string next = clip(w.node("Conv", {stem, w.random({8, 8, 3, 3})}, {{"pads", {1, 1, 1, 1}}}));
  const std::string sum = w.node("Relu", {w.node("Add", {next, stem})});
  const std::string pooled = w.node("MaxPool", {sum}, {{"kernel_shape", {2, 2}}, {"strides", {2, 2}}});
  const std::string last = w.node("Relu", {w.node("Conv", {pooled, w.random({8, 8, 1, 1})})});
  return imported(w, w.node("Softmax", {classifier(w, last, 8)}));
}

// The name of the n-th Conv node of a graph.
std::string conv(const Case& made, int n) {
  for (const ir::Node& node : made.graph.nodes) {
    if (node.op == "Conv" && n-- == 0) return node.name;
  }
  return {};
}

TEST(ValidateImport, accepts_what_the_passes_made) {
  const Case made = residual();
  ASSERT_RESULT(result, made.validate());
  EXPECT_LT(result.largest_difference, 1e-5);
  EXPECT_GE(result.inputs, 2u);
  EXPECT_FALSE(result.is_quantised);
}

TEST(ValidateImport, names_the_node_that_lost_a_bound) {
  for (const int n : {0, 1}) {
    Case made = residual();
    const std::string name = conv(made, n);
    made.node(name).activation.high.reset();
    EXPECT_THAT(made.parted(), AllOf(HasSubstr("first that differs is Conv node \"" + name + "\""),
                                     HasSubstr("please report it with the model file")));
    made.node(name).activation.high = 6;
    made.node(name).activation.low = -1;
    EXPECT_THAT(made.parted(), HasSubstr("first that differs is Conv node \"" + name + "\""));
  }
}

// The class in place of scores, as a number of either kind.
TEST(ValidateImport, compares_scores_where_the_file_names_classes) {
  for (const std::int64_t type : {7, 1}) {
    OnnxWriter w(13, 4);
    const std::string x = w.node("Conv", {w.input("x", {1, 3, 8, 8}), w.random({8, 3, 3, 3}), w.random({8})});
    const std::string scores = w.node("Softmax", {classifier(w, w.node("Relu", {x}), 8)});
    Case made = imported(w, w.node("Cast", {w.node("ArgMax", {scores}, {{"axis", 1}})}, {{"to", type}}));
    EXPECT_EQ(made.parted(), "");
    // The sign of the last matrix: another class.
    for (float& weight : made.weights(conv(made, 1)).values) weight = -weight;
    EXPECT_THAT(made.parted(), HasSubstr("first that differs is"));
  }
}

// Scores in a local function, which the file's own graph does not name.
TEST(ValidateImport, finds_scores_within_a_function) {
  OnnxWriter w(13, 4);
  onnx::FunctionProto& tail = *w.model().add_functions();
  tail.set_name("Tail");
  tail.set_domain("here");
  tail.add_input("map");
  tail.add_output("y");
  for (const auto& [op, from, to] : {std::tuple{"Relu", "map", "m"}, std::tuple{"GlobalAveragePool", "m", "g"},
                                     std::tuple{"Flatten", "g", "scores"}, std::tuple{"Softmax", "scores", "y"}}) {
    onnx::NodeProto& node = *tail.add_node();
    node.set_op_type(op);
    node.add_input(from);
    node.add_output(to);
  }
  const std::string x = w.node("Conv", {w.input("x", {1, 3, 8, 8}), w.random({8, 3, 3, 3}), w.random({8})});
  const std::string y = w.node("Tail", {x});
  w.model().mutable_graph()->mutable_node(1)->set_domain("here");
  EXPECT_EQ(imported(w, y).parted(), "");
}

TEST(ValidateImport, names_the_node_whose_channels_are_swapped) {
  Case made = residual();
  const std::string name = conv(made, 2);
  ir::Tensor& weights = made.weights(name);
  for (int i = 0; i < 8; ++i) std::swap(weights.values[std::size_t(i)], weights.values[std::size_t(8 + i)]);
  EXPECT_THAT(made.parted(), AllOf(HasSubstr("first that differs is Conv node \"" + name + "\""),
                                   HasSubstr("of MaxPool node"), HasSubstr("agrees")));
}

TEST(ValidateImport, finds_a_step_of_the_host_that_is_lost) {
  Case made = residual();
  ASSERT_EQ(made.graph.host_tail.size(), 1u);
  made.graph.host_tail.clear();
  EXPECT_THAT(made.parted(), HasSubstr("not what the file makes of them at its end"));
}

TEST(ValidateImport, reads_a_file_that_takes_pictures_channels_last) {
  OnnxWriter w(13, 4);
  const std::string x = w.node("Transpose", {w.input("x", {1, 10, 12, 3})}, {{"perm", {0, 3, 1, 2}}});
  const std::string map = w.node("Relu", {w.node("Conv", {x, w.random({8, 3, 3, 3})})});
  Case made = imported(w, classifier(w, map, 8));
  EXPECT_EQ(made.parted(), "");
  made.node(conv(made, 0)).activation.low.reset();
  EXPECT_THAT(made.parted(), HasSubstr(conv(made, 0)));
}

TEST(ValidateImport, reads_windows_that_lie_in_the_pads_alone) {
  OnnxWriter w(13, 4);
  const std::string x = w.input("x", {1, 3, 6, 6});
  const std::string wide =
      w.node("Relu", {w.node("Conv", {x, w.random({8, 3, 1, 1}), w.random({8})}, {{"pads", {1, 1, 1, 1}}})});
  const std::string map = w.node("Relu", {w.node("Conv", {wide, w.random({8, 8, 3, 3})})});
  EXPECT_EQ(imported(w, classifier(w, map, 8)).parted(), "");
}

ir::Tensor zero_point(std::int64_t zero) { return {.dims = {}, .integers = {zero}, .type = ir::ElementType::uint8}; }

std::string pair(OnnxWriter& w, const std::string& x, float step, std::int64_t zero) {
  const std::string scale = w.number(step), point = w.tensor(zero_point(zero));
  return w.node("DequantizeLinear", {w.node("QuantizeLinear", {x, scale, point}), scale, point});
}

// A quantised model whose ReLU lives in the saturation of QuantizeLinear.
Case quantised() {
  OnnxWriter w(13, 6);
  const std::string x = pair(w, w.input("x", {1, 3, 12, 12}), 4.0f / 255, 128);
  const std::string stem = pair(w, w.node("Conv", {x, w.random({8, 3, 3, 3})}), 5.0f / 255, 0);
  const std::string next = pair(w, w.node("Conv", {stem, w.random({8, 8, 3, 3})}), 12.0f / 255, 0);
  return imported(w, classifier(w, next, 8));
}

TEST(ValidateImport, accepts_a_quantised_model_without_its_rounding) {
  const Case made = quantised();
  ASSERT_RESULT(result, made.validate());
  EXPECT_TRUE(result.is_quantised);
  // Rounding itself would be a difference of 1e-2.
  EXPECT_LT(result.largest_difference, 2e-3);
}

TEST(ValidateImport, finds_a_clamp_that_lived_in_a_saturation) {
  for (const bool is_low : {true, false}) {
    Case made = quantised();
    const std::string name = conv(made, 1);
    (is_low ? made.node(name).activation.low : made.node(name).activation.high).reset();
    EXPECT_THAT(made.parted(), HasSubstr("first that differs is Conv node \"" + name + "\"")) << is_low;
  }
}

TEST(ValueSearch, finds_a_map_that_is_kept_channels_last) {
  ValueSearch search;
  search.want("map", ir::Tensor::of_values({1, 2, 1, 3}, {1, 2, 3, 10, 20, 30}));
  search.offer("other", definition::Value::of_reals({1, 1, 3, 2}, {1, 2, 3, 10, 20, 30.5}));
  EXPECT_EQ(search.found("map").nearest, "other");
  EXPECT_EQ(search.found("map").difference, 0.5);
  search.offer("last", definition::Value::of_reals({1, 1, 3, 2}, {1, 10, 2, 20, 3, 30}));
  EXPECT_EQ(search.found("map").nearest, "last");
  EXPECT_EQ(search.found("map").difference, 0);
}

TEST(ValueSearch, a_number_that_is_none_is_no_match) {
  ValueSearch search;
  search.want("map", ir::Tensor::of_values({1, 2}, {1, 2}));
  search.offer("broken", definition::Value::of_reals({1, 2}, {1, std::nanf("")}));
  EXPECT_FALSE(search.found("map").relative() < 1);
}

}  // namespace
}  // namespace sluice
