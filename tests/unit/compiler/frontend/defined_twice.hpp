// SPDX-License-Identifier: Apache-2.0
// A model of protobuf messages is imported, and must compute what the definition of ONNX says it does.
//
// Before: a model with one output. After: the imported graph, or the refusal's words in `error`; a difference of the
// scores on a seeded picture fails the test.
#pragma once

#include <gmock/gmock.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "onnx.pb.h"
#include "tests/support/onnx_writer.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice::testing {

struct Imported {
  ir::Graph graph;
  std::string error;

  // "Conv, Relu"
  std::string ops() const {
    std::string text;
    for (const ir::Node& node : graph.nodes) text += (text.empty() ? "" : ", ") + node.op;
    return text;
  }
  // Every node by its name.
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const ir::Node& node : graph.nodes) all.push_back(node.name);
    return all;
  }
};

inline Imported imported_as_defined(const OnnxWriter& w, const std::string& output, unsigned seed = 5) {
  const std::string bytes = w.bytes(output);
  auto graph = frontend::import_onnx_bytes(bytes, "m.onnx");
  if (!graph) return {{}, graph.error().text()};
  auto program = ops::FloatProgram::prepare(*graph);
  auto model = definition::DefinedModel::from_bytes(bytes);
  if (!program || !model) return {*graph, !program ? program.error().text() : model.error().text()};
  const ir::Tensor picture = random_tensor(graph->shapes.at(graph->input), seed, -2, 2);
  auto found = program->run(picture);
  auto expected =
      model->run(definition::Value::of_reals(picture.dims, picture.values), definition::Rounding::as_defined);
  if (!found || !expected) return {*graph, !found ? found.error().text() : expected.error().text()};
  EXPECT_EQ(found->dims, expected->dims);
  EXPECT_TRUE(near(*found, ir::Tensor::of_values(expected->dims, expected->as_reals()), 1e-5, 1e-5))
      << ir::print(*graph);
  return {*graph, ""};
}

// Adds a node to a list that is not a graph's own: of a function or a branch.
template <typename Nodes>
onnx::NodeProto& add_node(Nodes& nodes, const std::string& op, const std::vector<std::string>& inputs,
                          const std::string& output) {
  onnx::NodeProto& node = *nodes.Add();
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

inline onnx::AttributeProto& add_attribute(onnx::NodeProto& node, const std::string& name) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  return attribute;
}

}  // namespace sluice::testing
