// SPDX-License-Identifier: Apache-2.0
// Files that are broken on purpose: each ends in a sentence that names what is wrong, quickly.
#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/passes/normalise.hpp"
#include "onnx.pb.h"
#include "tests/support/onnx_writer.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

using testing::OnnxWriter;

// Imports and normalises; the error's text must hold all words.
void refused(const std::string& bytes, const std::vector<std::string>& words) {
  auto graph = frontend::import_onnx_bytes(bytes, "broken.onnx");
  Status status = ok();
  if (!graph)
    status = std::move(graph).error();
  else
    status = passes::normalise(*graph);
  ASSERT_FALSE(static_cast<bool>(status));
  EXPECT_EQ(status.error().fault(), Fault::user) << status.error().text();
  for (const std::string& word : words)
    EXPECT_NE(status.error().text().find(word), std::string::npos)
        << "\"" << word << "\" not in: " << status.error().text();
}

struct Small {
  OnnxWriter w{13};
  std::string scores;

  Small() {
    scores = w.node("Conv", {w.node("GlobalAveragePool", {w.input("x", {1, 3, 4, 4})}), w.random({2, 3, 1, 1})});
  }
  onnx::GraphProto& graph() { return *w.model().mutable_graph(); }
  std::string bytes() { return w.bytes(scores); }
};

TEST(BrokenFile, empty_text_and_half_a_model) {
  refused("", {"broken.onnx", "empty"});
  refused("this is no model", {"broken.onnx"});
  const std::string whole = Small().bytes();
  for (std::size_t size = 1; size < whole.size(); ++size) {
    auto graph = frontend::import_onnx_bytes(whole.substr(0, size), "half");
    if (graph) continue;
    EXPECT_EQ(graph.error().fault(), Fault::user) << size << " bytes: " << graph.error().text();
  }
}

TEST(BrokenFile, opset_missing_too_old_too_new) {
  Small s;
  for (const auto& [version, words] : {std::pair{6, "opset 6"}, {26, "opset 26"}, {-3, "opset"}}) {
    s.w.model().mutable_opset_import(0)->set_version(version);
    refused(s.bytes(), {words});
  }
  s.w.model().clear_opset_import();
  refused(s.bytes(), {"opset_import"});
}

TEST(BrokenFile, a_cycle) {
  Small s;
  s.graph().mutable_node(0)->set_input(0, s.scores);
  refused(s.bytes(), {"cycle"});
}

TEST(BrokenFile, a_node_that_reads_itself) {
  Small s;
  s.graph().mutable_node(0)->set_input(0, s.graph().node(0).output(0));
  refused(s.bytes(), {"GlobalAveragePool_0", "cycle"});
}

TEST(BrokenFile, a_value_that_nothing_makes) {
  Small s;
  s.graph().mutable_node(0)->set_input(0, "ghost");
  refused(s.bytes(), {"GlobalAveragePool_0", "ghost"});
}

TEST(BrokenFile, inputs_missing_and_too_many) {
  Small few, many;
  few.graph().mutable_node(1)->clear_input();
  refused(few.bytes(), {"Conv_1", "input 0 is missing"});
  for (int i = 0; i < 3; ++i) many.graph().mutable_node(1)->add_input("x");
  refused(many.bytes(), {"Conv_1", "takes at most 3"});
}

TEST(BrokenFile, one_name_for_two_things) {
  Small s;
  s.graph().mutable_node(1)->set_output(0, s.graph().node(0).output(0));
  s.scores = s.graph().node(0).output(0);
  refused(s.bytes(), {"twice"});
}

TEST(BrokenFile, no_output_or_one_that_is_an_input) {
  Small s;
  refused(s.w.model().SerializeAsString(), {"no output"});
  refused(s.w.bytes("x"), {"no node makes the output"});
}

TEST(BrokenFile, huge_dimensions) {
  Small s;
  for (const std::int64_t dim : {std::int64_t{1} << 40, std::int64_t{1} << 62, std::int64_t{300000000}}) {
    s.graph().mutable_initializer(0)->set_dims(0, dim);
    refused(s.bytes(), {"initialiser", "numbers"});
  }
  s.graph().mutable_initializer(0)->set_dims(0, -1);
  refused(s.bytes(), {"negative"});
  Small picture;
  picture.graph()
      .mutable_input(0)
      ->mutable_type()
      ->mutable_tensor_type()
      ->mutable_shape()
      ->mutable_dim(2)
      ->set_dim_value(std::int64_t{1} << 40);
  refused(picture.bytes(), {"\"x\"", "too large"});
}

TEST(BrokenFile, attributes_of_the_wrong_kind_value_and_number) {
  Small s;
  auto* attribute = s.graph().mutable_node(1)->add_attribute();
  attribute->set_name("strides");
  attribute->set_type(onnx::AttributeProto::FLOAT);
  refused(s.bytes(), {"Conv_1", "strides", "a list of integers"});
  attribute->set_type(onnx::AttributeProto::INTS);
  attribute->add_ints(0);
  refused(s.bytes(), {"Conv_1", "strides"});
  attribute->set_ints(0, std::numeric_limits<std::int64_t>::max());
  refused(s.bytes(), {"Conv_1", "strides"});
  attribute->set_name("no_such_thing");
  refused(s.bytes(), {"Conv_1", "no_such_thing"});
  attribute->set_name("group");
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(-5);
  refused(s.bytes(), {"Conv_1", "group"});
}

TEST(BrokenFile, a_gigantic_window) {
  Small s;
  auto* attribute = s.graph().mutable_node(1)->add_attribute();
  attribute->set_name("pads");
  attribute->set_type(onnx::AttributeProto::INTS);
  for (int i = 0; i < 4; ++i) attribute->add_ints(1 << 20);
  refused(s.bytes(), {"Conv_1"});
}

TEST(BrokenFile, subgraphs_nested_beyond_the_parser) {
  onnx::ModelProto model = Small().w.model();
  onnx::GraphProto* graph = model.mutable_graph();
  for (int depth = 0; depth < 500; ++depth) {
    auto* attribute = graph->add_node()->add_attribute();
    attribute->set_name("then_branch");
    attribute->set_type(onnx::AttributeProto::GRAPH);
    graph = attribute->mutable_g();
  }
  refused(model.SerializeAsString(), {"broken.onnx"});
}

TEST(BrokenFile, operators_of_control_flow_and_other_domains) {
  Small s;
  s.graph().mutable_node(0)->set_op_type("If");
  s.graph().mutable_node(1)->set_domain("com.microsoft");
  refused(s.bytes(), {"2 nodes", "fixed control flow", "com.microsoft"});
}

TEST(BrokenFile, more_nodes_than_a_classifier_has) {
  OnnxWriter w(13);
  std::string y = w.input("x", {1, 3, 4, 4});
  for (int i = 0; i < 30000; ++i) y = w.node("Relu", {y});
  refused(w.bytes(y), {"30000 nodes"});
}

TEST(BrokenFile, a_long_chain_is_worked_through) {
  OnnxWriter w(13);
  std::string y = w.node("Conv", {w.input("x", {1, 3, 2, 2}), w.random({2, 3, 2, 2})});
  for (int i = 0; i < 9000; ++i) y = w.node("Relu", {y});
  ASSERT_RESULT(graph, frontend::import_onnx_bytes(w.bytes(y), "chain"));
  ASSERT_OK(passes::normalise(graph));
  EXPECT_EQ(graph.nodes.size(), 1u);
}

}  // namespace
}  // namespace sluice
