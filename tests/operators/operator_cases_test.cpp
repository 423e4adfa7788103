// SPDX-License-Identifier: Apache-2.0
// ONNX's node cases: each is a model of one operator with inputs and the expected outputs, made by ONNX's reference.
//
// Every case all of whose operators are in ops/op_list.inc is run: imported like a user's file (its first input is the
// picture, the others become constants), then computed by the float interpreter, once for each output that the case
// has; all must agree. Cases that do not pass stand in not_passing.txt: those refused on purpose (sequences, random
// numbers) with words that the refusal must say, the others with the reason. A listed case that passes and an unlisted
// one that fails are both errors.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/frontend/tensor_reader.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/ops/op.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "tests/operators/onnx_case.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

bool is_claimed(const onnx::ModelProto& model) {
  return std::all_of(model.graph().node().begin(), model.graph().node().end(), [](const auto& node) {
    return (node.domain().empty() || node.domain() == "ai.onnx") && ops::find_operator(node.op_type()) != nullptr;
  });
}

// The case's first input becomes the picture if it holds floats, all others initialisers; returns the picture's tensor.
Result<ir::Tensor> feed(const fs::path& folder, onnx::ModelProto& model) {
  onnx::GraphProto& graph = *model.mutable_graph();
  ir::Tensor picture;
  for (int i = 0; i < graph.input_size(); ++i) {
    onnx::TensorProto proto = SLUICE_TRY(testing::read_case_tensor(folder, "input", i, graph.input(i)));
    ir::Tensor tensor = SLUICE_TRY(frontend::read_tensor(proto));
    if (i == 0 && tensor.type == ir::ElementType::real) {
      picture = std::move(tensor);
      continue;
    }
    proto.set_name(graph.input(i).name());
    *graph.add_initializer() = std::move(proto);
  }
  if (picture.size() == 0 && picture.dims.empty()) {  // shapes and constants: a picture that nobody reads
    auto* input = graph.add_input();
    input->set_name("unused picture");
    input->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(1);
    picture = ir::Tensor::zeros({1});
  }
  return picture;
}

Status compare_output(const fs::path& folder, const onnx::ModelProto& model, const ir::Tensor& picture, int output) {
  const frontend::ImportOptions options{.input_shape = picture.dims, .output = model.graph().output(output).name()};
  const ir::Graph graph = SLUICE_TRY(frontend::import_onnx_bytes(model.SerializeAsString(), "model.onnx", options));
  const auto program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  const ir::Tensor found = SLUICE_TRY(program.run(picture));
  const onnx::TensorProto proto =
      SLUICE_TRY(testing::read_case_tensor(folder, "output", output, model.graph().output(output)));
  const ir::Tensor expected = SLUICE_TRY(frontend::read_tensor(proto));
  if (found.dims != expected.dims)
    return user_error("output {} is {}, expected {}", output, ir::to_text(found.dims), ir::to_text(expected.dims));
  if (found.type != expected.type) return user_error("output {} has another element type", output);
  if (found.texts != expected.texts) return user_error("output {} is another text", output);
  if (found.is_text()) return ok();
  // The tolerance of ONNX's own runner.
  if (const auto same = testing::near(found, expected, 1e-7, 1e-3); !same)
    return user_error("output {}: {}", output, same.message());
  return ok();
}

Status run_imported(const fs::path& folder, onnx::ModelProto model) {
  const ir::Tensor picture = SLUICE_TRY(feed(folder, model));
  // Definitions that are older than the first opset Sluice reads still hold there; a case that disagrees fails.
  for (auto& import : *model.mutable_opset_import())
    import.set_version(std::max<std::int64_t>(import.version(), ops::kFirstOpset));
  for (int output = 0; output < model.graph().output_size(); ++output)
    SLUICE_CHECK(compare_output(folder, model, picture, output));
  return ok();
}

struct Listed {
  bool is_refused;  // on purpose, saying `text`; else `text` is why it fails
  std::string text;
};

// Lines of "case refused: words" or "case fails: reason".
std::map<std::string, Listed> read_not_passing() {
  std::map<std::string, Listed> cases;
  std::ifstream file(SLUICE_SOURCE_DIR "/tests/operators/not_passing.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::size_t space = line.find(' '), colon = line.find(": ");
    EXPECT_TRUE(space < colon && colon != std::string::npos) << line;
    const std::string kind = line.substr(space + 1, colon - space - 1);
    EXPECT_TRUE(kind == "refused" || kind == "fails") << line;
    cases[line.substr(0, space)] = {kind == "refused", line.substr(colon + 2)};
  }
  return cases;
}

TEST(OperatorCases, pass_or_are_listed_with_a_reason) {
  const auto listed = read_not_passing();
  std::set<std::string> met;
  std::set<std::string> operators;
  int run = 0, passed = 0, refused = 0;
  for (const fs::path& folder : testing::onnx_cases()) {
    const std::string name = folder.filename();
    ASSERT_RESULT(model, testing::read_model(folder));
    if (!is_claimed(model)) continue;
    for (const auto& node : model.graph().node()) {
      operators.insert(node.op_type());
      const auto& sides = ops::find_operator(node.op_type())->side_outputs;
      for (std::size_t i = 0; i < sides.size() && static_cast<int>(i) + 1 < node.output_size(); ++i)
        operators.insert(sides[i]);
    }
    RecordProperty("running", name);  // in the report should a case ever end the program
    const Status status = run_imported(folder, model);
    ++run;
    passed += static_cast<bool>(status);
    met.insert(name);
    const auto entry = listed.find(name);
    if (entry == listed.end()) {
      EXPECT_TRUE(static_cast<bool>(status)) << name << ": " << status.error().text();
      continue;
    }
    EXPECT_FALSE(static_cast<bool>(status)) << name << " passes: take it out of not_passing.txt";
    if (status || !entry->second.is_refused) continue;
    ++refused;
    EXPECT_EQ(status.error().fault(), Fault::user) << name;
    EXPECT_NE(status.error().text().find(entry->second.text), std::string::npos)
        << name << ": " << status.error().text();
  }
  for (const auto& [name, reason] : listed)
    EXPECT_EQ(met.count(name), 1u) << name << " is listed, but no such case was run";
  std::cout << passed << " of " << run << " cases pass, " << refused << " are refused on purpose; " << operators.size()
            << " operators\n";
  EXPECT_GE(passed, 0.97 * run);
  // Every claimed operator was met by some case.
  for (const ops::Operator* op : ops::all_operators())
    EXPECT_EQ(operators.count(op->name), testing::has_no_cases(op->name) ? 0u : 1u) << op->name;
}

}  // namespace
}  // namespace sluice
