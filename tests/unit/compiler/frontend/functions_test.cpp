// SPDX-License-Identifier: Apache-2.0
// Local functions: their bodies stand where they are called, with names of their own.
#include "tests/unit/compiler/frontend/defined_twice.hpp"

namespace sluice {
namespace {

using testing::add_attribute;
using testing::add_node;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Imported;
using testing::imported_as_defined;
using testing::OnnxWriter;

onnx::FunctionProto& add_function(OnnxWriter& w, const std::string& name, const std::vector<std::string>& inputs,
                                  const std::vector<std::string>& outputs, int opset = 13) {
  onnx::FunctionProto& function = *w.model().add_functions();
  function.set_name(name);
  function.set_domain("here");
  for (const std::string& input : inputs) function.add_input(input);
  for (const std::string& output : outputs) function.add_output(output);
  function.add_opset_import()->set_version(opset);
  return function;
}

std::string call(OnnxWriter& w, const std::string& name, const std::vector<std::string>& inputs,
                 const std::vector<OnnxWriter::Attribute>& attributes = {}) {
  const std::string output = w.node(name, inputs, attributes);
  w.model().mutable_graph()->mutable_node(w.model().graph().node_size() - 1)->set_domain("here");
  return output;
}

// y = Relu(Conv(x, w)), whose values are called like some of the graph's.
void add_layer(OnnxWriter& w, int opset = 13) {
  onnx::FunctionProto& layer = add_function(w, "Layer", {"a", "w"}, {"y"}, opset);
  add_node(*layer.mutable_node(), "Conv", {"a", "w"}, "x");
  add_node(*layer.mutable_node(), "Relu", {"x"}, "y").set_name("act");
}

TEST(Functions, of_equal_names_inside_are_told_apart) {
  OnnxWriter w(13);
  add_layer(w);
  const auto x = w.input("x", {1, 3, 6, 6});
  const auto y = call(w, "Layer", {call(w, "Layer", {x, w.random({4, 3, 3, 3})}), w.random({5, 4, 1, 1})});
  const Imported made = imported_as_defined(w, y);
  EXPECT_EQ(made.error, "");
  EXPECT_THAT(made.names(), ElementsAre("Layer_0/Conv_0", "Layer_0/act", "Layer_1/Conv_0", "Layer_1/act"));
}

TEST(Functions, within_functions_with_the_attributes_of_the_call) {
  OnnxWriter w(13);
  onnx::FunctionProto& inner = add_function(w, "Bounded", {"x", "w"}, {"x1"});
  add_attribute(add_node(*inner.mutable_node(), "Conv", {"x", "w"}, "c"), "strides").set_ref_attr_name("step");
  add_node(*inner.mutable_node(), "Relu", {"c"}, "x1");
  onnx::FunctionProto& outer = add_function(w, "Block", {"x", "w"}, {"x2"});
  onnx::NodeProto& nested = add_node(*outer.mutable_node(), "Bounded", {"x", "w"}, "x1");
  nested.set_domain("here");
  add_attribute(nested, "step").set_ref_attr_name("how_far");
  add_node(*outer.mutable_node(), "Add", {"x1", "x1"}, "x2");
  const auto y = call(w, "Block", {w.input("x", {1, 3, 7, 7}), w.random({4, 3, 3, 3})}, {{"how_far", {2, 1}}});
  const Imported made = imported_as_defined(w, y);
  EXPECT_EQ(made.error, "");
  EXPECT_EQ(made.ops(), "Conv, Relu, Add");
  EXPECT_EQ(made.graph.shapes.at(made.graph.output), (ir::Dims{1, 4, 3, 5}));
}

// Field 11 of FunctionProto, as files of today hold it; 4 is the tag of a float.
TEST(Functions, defaults_stand_in_for_attributes_that_a_call_leaves_away) {
  OnnxWriter w(13);
  onnx::FunctionProto& gate = add_function(w, "Gate", {"x"}, {"y"});
  add_attribute(add_node(*gate.mutable_node(), "HardSigmoid", {"x"}, "y"), "alpha").set_ref_attr_name("slope");
  onnx::AttributeProto slope;
  slope.set_name("slope");
  slope.set_type(onnx::AttributeProto::FLOAT);
  slope.set_f(0.5f);
  const std::string field = slope.SerializeAsString();
  *gate.mutable_unknown_fields() = std::string("\x5a") + static_cast<char>(field.size()) + field;
  const auto y = call(w, "Gate", {call(w, "Gate", {w.input("x", {1, 2, 3, 3})}, {{"slope", 0.25f}})});
  const Imported made = imported_as_defined(w, y);
  EXPECT_EQ(made.error, "");
  EXPECT_EQ(made.graph.nodes[0].real("alpha", 0), 0.25f);
  EXPECT_EQ(made.graph.nodes[1].real("alpha", 0), 0.5f);
}

TEST(Functions, an_argument_may_be_left_away_and_a_result_be_passed_on) {
  OnnxWriter w(13);
  onnx::FunctionProto& layer = add_function(w, "Layer", {"x", "w", "b"}, {"y", "x"});
  add_node(*layer.mutable_node(), "Conv", {"x", "w", "b"}, "y");
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto y = call(w, "Layer", {x, w.random({3, 3, 1, 1})});
  w.model().mutable_graph()->mutable_node(0)->add_output("same");
  const Imported made = imported_as_defined(w, w.node("Add", {y, "same"}));
  EXPECT_EQ(made.error, "");
  EXPECT_EQ(made.ops(), "Conv, Identity, Add");
}

// The graph has a value of the name that the body reads and does not have.
TEST(Functions, see_nothing_of_the_values_around_them) {
  OnnxWriter w(13);
  onnx::FunctionProto& sum = add_function(w, "Sum2", {"a"}, {"y"});
  add_node(*sum.mutable_node(), "Add", {"a", "x"}, "y");
  const auto y = call(w, "Sum2", {w.node("Relu", {w.input("x", {1, 3, 5, 5})})});
  EXPECT_THAT(imported_as_defined(w, y).error, HasSubstr("neither an input, an initialiser nor a result"));
}

TEST(Functions, that_call_themselves_are_refused) {
  OnnxWriter w(13);
  for (const auto& [name, other] : {std::pair{"Even", "Odd"}, std::pair{"Odd", "Even"}}) {
    onnx::FunctionProto& function = add_function(w, name, {"x"}, {"y"});
    add_node(*function.mutable_node(), other, {"x"}, "y").set_domain("here");
  }
  const auto y = call(w, "Even", {w.input("x", {1, 3, 5, 5})});
  EXPECT_THAT(imported_as_defined(w, y).error, AllOf(HasSubstr("local function \"Even\""), HasSubstr("calls itself")));
}

// 2 to the power of 40 nodes out of 40 functions.
TEST(Functions, that_double_without_end_are_refused) {
  OnnxWriter w(13);
  for (int i = 0; i < 40; ++i) {
    onnx::FunctionProto& function = add_function(w, "F" + std::to_string(i), {"x"}, {"y"});
    const std::string next = i == 39 ? "Relu" : "F" + std::to_string(i + 1);
    for (const auto& [from, to] : {std::pair{"x", "m"}, std::pair{"m", "y"}})
      add_node(*function.mutable_node(), next, {from}, to).set_domain(i == 39 ? "" : "here");
  }
  const auto y = call(w, "F0", {w.input("x", {1, 3, 5, 5})});
  EXPECT_THAT(imported_as_defined(w, y).error, HasSubstr("more than 100000 nodes"));
}

TEST(Functions, of_another_opset) {
  for (const auto& [of_model, of_function] : {std::pair{17, 13}, std::pair{13, 17}}) {
    OnnxWriter w(of_model);
    add_layer(w, of_function);
    const auto y = call(w, "Layer", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
    EXPECT_EQ(imported_as_defined(w, y).error, "");
  }
  OnnxWriter w(13);
  add_layer(w, 12);
  const auto y = call(w, "Layer", {w.input("x", {1, 3, 6, 6}), w.random({4, 3, 3, 3})});
  EXPECT_THAT(imported_as_defined(w, y).error, HasSubstr("uses opset 12, the model opset 13"));
}

TEST(Functions, called_wrongly_or_defined_twice) {
  OnnxWriter w(13);
  add_layer(w);
  const auto x = w.input("x", {1, 3, 6, 6});
  const auto y = call(w, "Layer", {x, w.random({4, 3, 3, 3}), x});
  EXPECT_THAT(imported_as_defined(w, y).error, HasSubstr("takes 2 inputs, is called with 3"));
  OnnxWriter twice(13);
  add_layer(twice);
  add_layer(twice);
  const auto z = call(twice, "Layer", {twice.input("x", {1, 3, 6, 6}), twice.random({4, 3, 3, 3})});
  EXPECT_THAT(imported_as_defined(twice, z).error, HasSubstr("two local functions called \"Layer\""));
}

}  // namespace
}  // namespace sluice
