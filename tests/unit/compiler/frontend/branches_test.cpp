// SPDX-License-Identifier: Apache-2.0
// If: with a condition that a fixed input decides, the branch that is taken stands in its place.
#include "tests/unit/compiler/frontend/defined_twice.hpp"

namespace sluice {
namespace {

using testing::add_attribute;
using testing::add_node;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::Imported;
using testing::imported_as_defined;
using testing::OnnxWriter;

onnx::GraphProto& add_branch(OnnxWriter& w, const char* name, const std::string& output) {
  auto& node = *w.model().mutable_graph()->mutable_node(w.model().graph().node_size() - 1);
  onnx::AttributeProto& attribute = add_attribute(node, name);
  attribute.set_type(onnx::AttributeProto::GRAPH);
  attribute.mutable_g()->add_output()->set_name(output);
  return *attribute.mutable_g();
}

// Is dimension `axis` of the value `length`?
std::string has_length(OnnxWriter& w, const std::string& value, std::int64_t axis, std::int64_t length) {
  const auto size = w.node("Gather", {w.node("Shape", {value}), w.integers({axis})});
  return w.node("Equal", {size, w.integers({length})});
}

// As torch writes squeeze(2): a branch that squeezes, and one that passes on a value from around it.
std::string squeeze(OnnxWriter& w, const std::string& value) {
  const auto y = w.node("If", {has_length(w, value, 2, 1)});
  onnx::GraphProto& then = add_branch(w, "then_branch", "squeezed");
  auto& axes = *then.add_initializer();
  axes.set_name("c0");  // the writer has given this name out as well
  axes.set_data_type(onnx::TensorProto::INT64);
  axes.add_dims(1);
  axes.add_int64_data(2);
  add_node(*then.mutable_node(), "Squeeze", {value, "c0"}, "squeezed");
  onnx::GraphProto& other = add_branch(w, "else_branch", "same");
  add_node(*other.mutable_node(), "Identity", {value}, "same");
  return y;
}

TEST(Branches, are_taken_by_the_shape_of_a_computed_value) {
  for (const std::int64_t height : {1, 2}) {
    OnnxWriter w(13);
    const auto map = w.node("Conv", {w.input("x", {1, 3, height, 4}), w.random({4, 3, 1, 1})});
    const Imported made = imported_as_defined(w, squeeze(w, map));
    EXPECT_EQ(made.error, "");
    EXPECT_THAT(made.ops(), HasSubstr(height == 1 ? "Squeeze" : "Identity"));
    EXPECT_EQ(made.graph.shapes.at(made.graph.output).size(), height == 1 ? 3u : 4u);
  }
}

TEST(Branches, within_branches_whose_values_have_names_of_values_around_them) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto y = w.node("If", {has_length(w, x, 1, 3)});
  onnx::GraphProto& then = add_branch(w, "then_branch", "inner");
  add_node(*then.mutable_node(), "Relu", {x}, "hidden");
  onnx::NodeProto& nested = add_node(*then.mutable_node(), "If", {"if_3_condition"}, "inner");
  add_branch(w, "else_branch", "x");  // passes the picture on
  for (const char* which : {"then_branch", "else_branch"}) {
    onnx::AttributeProto& attribute = add_attribute(nested, which);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    attribute.mutable_g()->add_output()->set_name("result");
    add_node(*attribute.mutable_g()->mutable_node(), which[0] == 't' ? "Add" : "Mul", {"hidden", "hidden"}, "result");
  }
  auto& condition = *w.model().mutable_graph()->add_initializer();
  condition.set_name("if_3_condition");
  condition.set_data_type(onnx::TensorProto::BOOL);
  condition.add_int32_data(0);
  // "hidden" and "result" exist outside as well.
  w.model().mutable_graph()->mutable_node(2)->set_output(0, "hidden");
  w.model().mutable_graph()->mutable_node(3)->set_input(0, "hidden");
  const Imported made = imported_as_defined(w, w.node("Neg", {y}));
  EXPECT_EQ(made.error, "");
  EXPECT_THAT(made.ops(), HasSubstr("Relu, Mul, Neg"));
}

TEST(Branches, chosen_by_the_picture_are_refused_in_one_sentence) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto sum = w.node("ReduceSum", {x, w.integers({0, 1, 2, 3})}, {{"keepdims", 0}});
  const auto y = w.node("If", {w.node("Greater", {sum, w.number(0)})});
  for (const char* which : {"then_branch", "else_branch"}) {
    onnx::GraphProto& branch = add_branch(w, which, "y");
    add_node(*branch.mutable_node(), which[0] == 't' ? "Relu" : "Neg", {x}, "y");
  }
  EXPECT_THAT(imported_as_defined(w, y).error, AllOf(HasSubstr("1 node cannot be done"), HasSubstr("If node \"If_2\""),
                                                     HasSubstr("constant for a fixed")));
}

TEST(Branches, that_are_missing) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto y = w.node("If", {has_length(w, x, 0, 1)});
  add_node(*add_branch(w, "else_branch", "y").mutable_node(), "Relu", {x}, "y");
  EXPECT_THAT(imported_as_defined(w, y).error, AllOf(HasSubstr("If node \"If_3\""), HasSubstr("has no then_branch")));
}

TEST(Branches, with_other_results_than_the_node) {
  OnnxWriter w(13);
  const auto x = w.input("x", {1, 3, 5, 5});
  const auto y = w.node("If", {has_length(w, x, 0, 1)});
  w.model().mutable_graph()->mutable_node(3 - 0)->add_output("second");
  add_node(*add_branch(w, "then_branch", "y").mutable_node(), "Relu", {x}, "y");
  add_node(*add_branch(w, "else_branch", "y").mutable_node(), "Relu", {x}, "y");
  EXPECT_THAT(imported_as_defined(w, y).error, HasSubstr("has 2 outputs, of which only 1 are made"));
}

}  // namespace
}  // namespace sluice
