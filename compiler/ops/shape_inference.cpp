// SPDX-License-Identifier: Apache-2.0
// The walk that gives every value its shape (see shape_inference.hpp).
//
// Before: the input's shape is known. After: `shapes` is complete, or the error names the first node that cannot be.
#include "compiler/ops/shape_inference.hpp"

#include <algorithm>

#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

// Shape arithmetic deals in a handful of numbers; weights are not worth evaluating here.
constexpr std::int64_t kSmall = 1024;

}  // namespace

Result<std::map<std::string, ir::Tensor>> infer_values(ir::Graph& graph) {
  std::map<std::string, ir::Dims> shapes;
  std::map<std::string, ir::Tensor> known;
  auto input = graph.shapes.find(graph.input);
  if (input == graph.shapes.end()) return bug_error("infer_shapes without the input's shape");
  shapes[graph.input] = input->second;
  for (const auto& [name, tensor] : graph.initialisers) shapes[name] = tensor.dims;

  for (const ir::Node& node : graph.nodes) {
    Call call{node, graph.opset, {}};
    bool all_known = true;
    for (const std::string& value : node.inputs) {
      Operand operand;
      if (!value.empty()) {
        auto dims = shapes.find(value);
        if (dims == shapes.end())
          return bug_error(fmt::format("{} reads \"{}\" before it exists", node.label(), value));
        operand.dims = &dims->second;
        auto constant = graph.initialisers.find(value);
        if (constant != graph.initialisers.end()) operand.value = &constant->second;
        auto computed = known.find(value);
        if (computed != known.end()) operand.value = &computed->second;
        all_known &= operand.value && operand.value->size() <= kSmall;
      }
      call.inputs.push_back(operand);
    }
    ir::Dims dims = SLUICE_TRY(infer_shape(call));
    // Shape arithmetic never goes beyond matrices.
    const bool is_small = dims.size() <= 2 && ir::element_count(dims) <= kSmall;
    if ((all_known || find_operator(node.op)->reads_shapes_alone) && is_small) {
      known[node.outputs[0]] = SLUICE_TRY(evaluate(call));
    }
    shapes[node.outputs[0]] = std::move(dims);
  }
  graph.shapes = std::move(shapes);
  return known;
}

Status infer_shapes(ir::Graph& graph) {
  SLUICE_CHECK(infer_values(graph));
  return ok();
}

}  // namespace sluice::ops
