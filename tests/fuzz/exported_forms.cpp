// SPDX-License-Identifier: Apache-2.0
// Writes the file (see exported_forms.hpp).
#include "tests/fuzz/exported_forms.hpp"

#include "onnx.pb.h"
#include "tests/support/onnx_writer.hpp"

namespace sluice::testing {
namespace {

template <typename Nodes>
onnx::NodeProto& add(Nodes* nodes, const char* op, std::initializer_list<const char*> inputs, const char* output) {
  onnx::NodeProto& node = *nodes->Add();
  node.set_op_type(op);
  for (const char* input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void add_functions(onnx::ModelProto& model) {
  onnx::FunctionProto& layer = *model.add_functions();
  layer.set_name("Layer");
  layer.add_attribute("step");
  auto& strides = *add(layer.mutable_node(), "Conv", {"x", "w"}, "c").add_attribute();
  strides.set_name("strides");
  strides.set_ref_attr_name("step");
  add(layer.mutable_node(), "Relu", {"c"}, "y");
  onnx::FunctionProto& block = *model.add_functions();
  block.set_name("Block");
  onnx::NodeProto& call = add(block.mutable_node(), "Layer", {"x", "w"}, "inner");
  call.set_domain("here");
  auto& step = *call.add_attribute();
  step.set_name("step");
  step.set_type(onnx::AttributeProto::INTS);
  step.add_ints(1);
  step.add_ints(1);
  add(block.mutable_node(), "Sub", {"x", "inner"}, "y");
  for (onnx::FunctionProto& function : *model.mutable_functions()) {
    function.set_domain("here");
    function.add_input("x");
    function.add_input("w");
    function.add_output("y");
    function.add_opset_import()->set_version(17);
  }
}

// The branch that is not taken reads what is not there.
void add_branches(onnx::NodeProto& node, const std::string& value) {
  for (const char* which : {"then_branch", "else_branch"}) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(which);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    attribute.mutable_g()->add_output()->set_name("y");
    add(attribute.mutable_g()->mutable_node(), "Relu", {which[0] == 't' ? value.c_str() : "nothing"}, "y");
  }
}

}  // namespace

std::string exported_forms() {
  OnnxWriter w(17);
  add_functions(w.model());
  const auto call = [&](const char* name, const std::vector<std::string>& inputs,
                        const std::vector<OnnxWriter::Attribute>& attributes = {}) {
    const auto output = w.node(name, inputs, attributes);
    w.model().mutable_graph()->mutable_node(w.model().graph().node_size() - 1)->set_domain("here");
    return output;
  };
  const auto weights = w.node("Mul", {w.random({4, 3, 3, 3}), w.node("Sqrt", {w.node("Exp", {w.number(0.5f)})})});
  auto y = call("Layer", {w.input("x", {1, 3, 10, 10}), weights}, {{"step", {2, 2}}});
  y = call("Block", {y, w.random({4, 4, 1, 1})});
  const auto rank = w.node("Size", {w.node("Shape", {y})});
  const auto condition = w.node("Equal", {rank, w.node("Cast", {w.number(4)}, {{"to", 7}})});
  const auto same = w.node("If", {condition});
  add_branches(*w.model().mutable_graph()->mutable_node(w.model().graph().node_size() - 1), y);
  const auto left = w.node("Split", {same, w.integers({1, 3})}, {{"axis", 1}});
  const auto right = w.further_output();
  y = w.node("Concat", {right, left}, {{"axis", 1}});
  const auto largest = w.node("ReduceMax", {y}, {{"axes", {2, 3}}});
  const auto sum =
      w.node("ReduceSum", {w.node("Mul", {y, w.node("Expand", {largest, w.node("Shape", {y})})}), w.integers({2, 3})},
             {{"keepdims", 0}});
  const auto scores = w.node("Gemm", {sum, w.random({4, 5}), w.random({5})});
  return w.bytes(w.node("ArgMax", {scores}, {{"axis", 1}}));
}

}  // namespace sluice::testing
