// SPDX-License-Identifier: Apache-2.0
// Exporters write shape arithmetic (Shape, Gather, Concat, Reshape) and weight arithmetic (Reshape, Transpose,
// DequantizeLinear, Unsqueeze of a bias) as nodes. With a fixed input size all of it has one answer, and the operators'
// own definitions compute it.
//
// A hostile file can ask for huge results of tiny constants (ConstantOfShape), so a result may be no larger than what
// the file holds already, or small. Larger ones stay nodes and are refused as such.
//
// Preserved: every number, in the operator's own arithmetic.
// Before: verified, shapes inferred. After: no node whose inputs are all constant, but for those too large.
#include "compiler/passes/fold_constants.hpp"

#include <algorithm>

#include "compiler/ops/op.hpp"

namespace sluice::passes {
namespace {

constexpr std::int64_t kSmallResult = 1 << 20;

// Products of a constant with a constant are not met in real files; their cost is not bounded by their size.
bool is_cheap(const std::string& op) {
  return op != "Conv" && op != "MatMul" && op != "Gemm" && op != "MaxPool" && op != "AveragePool";
}

}  // namespace

Status fold_constants(ir::Graph& graph) {
  std::int64_t held = 0;
  for (const auto& [name, tensor] : graph.initialisers) held += tensor.size();
  std::int64_t allowed = std::max(kSmallResult, 2 * held);
  std::vector<ir::Node> kept;
  for (ir::Node& node : graph.nodes) {
    ops::Call call{node, graph.opset, {}};
    bool is_constant = true;
    for (const std::string& value : node.inputs) {
      ops::Operand operand;
      if (!value.empty()) {
        operand.dims = &graph.shapes.at(value);
        const auto constant = graph.initialisers.find(value);
        if (constant != graph.initialisers.end()) operand.value = &constant->second;
        is_constant &= operand.value != nullptr;
      }
      call.inputs.push_back(operand);
    }
    const std::int64_t count = ir::element_count(graph.shapes.at(node.outputs[0]));
    if ((!is_constant && !ops::find_operator(node.op)->reads_shapes_alone) || !is_cheap(node.op) || count > allowed) {
      kept.push_back(std::move(node));
      continue;
    }
    ir::Tensor result = SLUICE_TRY(ops::evaluate(call));
    allowed -= count;
    graph.shapes[node.outputs[0]] = result.dims;
    graph.folded[node.name] = "";
    graph.initialisers[node.outputs[0]] = std::move(result);
  }
  graph.nodes = std::move(kept);
  return ok();
}

}  // namespace sluice::passes
