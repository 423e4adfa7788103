// SPDX-License-Identifier: Apache-2.0
// The definition (compiler/onnx_definition) alone against ONNX's node cases. It judges the importer, so it must be
// right without it: no graph, operator record or pass takes part.
//
// Every case all of whose operators have a definition is run, once for each of its outputs. Those that do not pass are
// listed here with the reason; a listed one that passes is an error, too.
#include <cmath>
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "compiler/onnx_definition/definition.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/onnx_definition/tensor_values.hpp"
#include "compiler/ops/op.hpp"
#include "tests/operators/onnx_case.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::string>& not_passing() {
  static const std::map<std::string, std::string> cases{
      // Values that are no tensor: no classifier has them.
      {"test_identity_opt", "too many elements"},
      {"test_identity_sequence", "numbers for 120 elements"},
      {"test_training_dropout", "what training drops is random"},
      {"test_training_dropout_default", "what training drops is random"},
      {"test_training_dropout_default_mask", "what training drops is random"},
      {"test_training_dropout_mask", "what training drops is random"},
  };
  return cases;
}

bool is_defined(const onnx::ModelProto& model) {
  const auto& nodes = model.graph().node();
  return std::all_of(nodes.begin(), nodes.end(), [](const auto& node) {
    return definition::find_definition(node.domain(), node.op_type()) != nullptr;
  });
}

Status compare(const definition::Value& found, const definition::Value& expected) {
  if (found.dims != expected.dims)
    return user_error("is {}, expected {}", definition::to_text(found.dims), definition::to_text(expected.dims));
  if (found.type != expected.type) return user_error("has element type {}, expected {}", found.type, expected.type);
  if (found.texts != expected.texts) return user_error("is another text");
  if (expected.held == definition::Value::Held::texts) return ok();
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    const double a = found.at(i), b = expected.at(i);
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    // The tolerance of ONNX's own runner.
    if (!(std::fabs(a - b) <= 1e-7 + 1e-3 * std::fabs(b))) return user_error("element {} is {}, expected {}", i, a, b);
  }
  return ok();
}

// The first input is the one that a run gives; the others become constants.
Status run_by_definition(const fs::path& folder, onnx::ModelProto model) {
  onnx::GraphProto& graph = *model.mutable_graph();
  definition::Value input;
  for (int i = 0; i < graph.input_size(); ++i) {
    onnx::TensorProto proto = SLUICE_TRY(testing::read_case_tensor(folder, "input", i, graph.input(i)));
    if (i == 0) {
      input = SLUICE_TRY(definition::value_of(proto, folder));
      continue;
    }
    proto.set_name(graph.input(i).name());
    *graph.add_initializer() = std::move(proto);
  }
  for (int i = 0; i < graph.output_size(); ++i) {
    const auto defined =
        SLUICE_TRY(definition::DefinedModel::from_bytes(model.SerializeAsString(), folder, graph.output(i).name()));
    const definition::Value found = SLUICE_TRY(defined.run(input, definition::Rounding::as_defined));
    const onnx::TensorProto proto = SLUICE_TRY(testing::read_case_tensor(folder, "output", i, graph.output(i)));
    const definition::Value expected = SLUICE_TRY(definition::value_of(proto, folder));
    Status same = compare(found, expected);
    if (!same) return std::move(same).error().in("output " + std::to_string(i));
  }
  return ok();
}

TEST(DefinitionCases, pass_without_any_part_of_the_importer) {
  std::set<std::string> met, operators;
  int run = 0, passed = 0;
  for (const fs::path& folder : testing::onnx_cases()) {
    const std::string name = folder.filename();
    ASSERT_RESULT(model, testing::read_model(folder));
    if (!is_defined(model)) continue;
    for (const auto& node : model.graph().node()) operators.insert(node.op_type());
    RecordProperty("running", name);  // in the report should a case ever end the program
    const Status status = run_by_definition(folder, model);
    ++run;
    passed += static_cast<bool>(status);
    const auto listed = not_passing().find(name);
    if (listed == not_passing().end()) {
      EXPECT_TRUE(static_cast<bool>(status)) << name << ": " << status.error().text();
      continue;
    }
    met.insert(name);
    EXPECT_FALSE(static_cast<bool>(status)) << name << " passes: take it out of the list";
    if (!status) {
      EXPECT_NE(status.error().text().find(listed->second), std::string::npos) << status.error().text();
    }
  }
  for (const auto& [name, reason] : not_passing()) EXPECT_EQ(met.count(name), 1u) << name << " was not run";
  std::cout << passed << " of " << run << " cases pass by the definition; " << operators.size() << " operators\n";
  EXPECT_GE(run, 300);
  for (const ops::Operator* op : ops::all_operators()) {
    if (std::string(op->name).find('.') != std::string::npos) continue;  // a further output of another operator
    const bool is_defined = definition::find_definition("", op->name) != nullptr ||
                            definition::find_definition("qonnx.custom_op.general", op->name) != nullptr;
    EXPECT_TRUE(is_defined) << op->name << " is imported and has no definition";
    EXPECT_EQ(operators.count(op->name), testing::has_no_cases(op->name) ? 0u : 1u) << op->name;
  }
}

TEST(DefinitionCases, transpose_refuses_an_order_that_is_none) {
  const definition::Value input = definition::Value::of_reals({2, 3}, {1, 2, 3, 4, 5, 6});
  for (const std::vector<std::int64_t>& perm : std::vector<std::vector<std::int64_t>>{{-1, 0}, {0, 0}, {0, 2}, {1}}) {
    onnx::NodeProto node;
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name("perm");
    for (const std::int64_t axis : perm) attribute.add_ints(axis);
    const definition::Attributes attributes(node, {});
    const fs::path folder;
    const definition::Call call{attributes, 13, {&input}, 1, definition::Rounding::as_defined, folder};
    const auto result = definition::run_definition(*definition::find_definition("", "Transpose"), call);
    EXPECT_FALSE(static_cast<bool>(result)) << definition::to_text(perm);
  }
}

}  // namespace
}  // namespace sluice
