// SPDX-License-Identifier: Apache-2.0
// One exporter's quirk: a written file is imported and normalised, and must compute what it did.
//
//   OnnxWriter w(13); ... EXPECT_EQ(testing::normal_ops(w, y), "Conv relu, MaxPool");
//
// Before: a file of one output. After: the operators of the normal form with their activations; a difference in the
// scores on three seeded pictures fails the test, from the imported graph or from the definition of ONNX.
#pragma once

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/onnx_definition/model.hpp"
#include "compiler/ops/float_interpreter.hpp"
#include "compiler/passes/normalise.hpp"
#include "tests/support/normal_form.hpp"
#include "tests/support/onnx_writer.hpp"
#include "tests/unit/compiler/testing.hpp"

namespace sluice::testing {

// "Conv relu, Add" from the printed graph.
inline std::string ops_text(const ir::Graph& graph) {
  std::string ops;
  for (const ir::Node& node : graph.nodes) {
    ir::Graph one;
    one.nodes = {node};
    const std::string line = ir::print(one);
    const std::size_t name = line.find("  # "), closed = line.find_last_of(")}", name);
    ops += (ops.empty() ? "" : ", ") + node.op + line.substr(closed + 1, name - closed - 1);
  }
  return ops;
}

struct Normalised {
  ir::Graph graph;
  std::string error;  // of import or normalise
};

inline ir::Tensor numbers_of(const ir::Tensor& tensor) {
  ir::Tensor numbers = ir::Tensor::zeros(tensor.dims);
  for (std::int64_t i = 0; i < tensor.size(); ++i) numbers.values[static_cast<std::size_t>(i)] = tensor.at(i);
  return numbers;
}

inline Normalised normalised(const OnnxWriter& w, const std::string& output, double tolerance = 1e-4,
                             const frontend::ImportOptions& options = {}, const ir::Range& pictures = {}) {
  auto graph = frontend::import_onnx_bytes(w.bytes(output), "quirk", options);
  if (!graph) return {{}, graph.error().text()};
  graph->input_range = pictures;
  const ir::Graph imported = *graph;
  if (const auto status = passes::normalise(*graph); !status) return {*graph, status.error().text()};
  auto before = ops::FloatProgram::prepare(imported);
  auto after = ops::FloatProgram::prepare(with_tail(*graph, imported));
  auto model = definition::DefinedModel::from_bytes(w.bytes(output));
  if (!model) return {*graph, model.error().text()};
  if (!before || !after) return {*graph, !before ? before.error().text() : after.error().text()};
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const ir::Tensor picture = random_tensor(imported.shapes.at(imported.input), seed, -2, 2);
    auto expected = before->run(picture), found = after->run(turned(picture, graph->shapes.at(graph->input)));
    if (!expected || !found) return {*graph, "does not run"};
    auto defined =
        model->run(definition::Value::of_reals(picture.dims, picture.values), definition::Rounding::as_defined);
    if (!defined) return {*graph, "is not defined: " + defined.error().text()};
    EXPECT_TRUE(near(numbers_of(*expected), ir::Tensor::of_values(expected->dims, defined->as_reals()), 1e-4, 1e-4))
        << "the definition differs, seed " << seed;
    EXPECT_TRUE(near(*found, *expected, tolerance, tolerance)) << "seed " << seed << "\n" << ir::print(*graph);
  }
  return {*graph, ""};
}

// The operators of the normal form, or the error.
inline std::string normal_ops(const OnnxWriter& w, const std::string& output, double tolerance = 1e-4,
                              const frontend::ImportOptions& options = {}) {
  const Normalised result = normalised(w, output, tolerance, options);
  return result.error.empty() ? ops_text(result.graph) : result.error;
}

// A classifier's end, so that maps become scores: average and matrix.
inline std::string finish(OnnxWriter& w, const std::string& map, std::int64_t channels) {
  return w.node("Gemm", {w.node("Flatten", {w.node("GlobalAveragePool", {map})}), w.random({channels, 3})});
}
inline const std::string kEnd = "GlobalAveragePool, Conv";

}  // namespace sluice::testing
