// SPDX-License-Identifier: Apache-2.0
// Products do not care for the order of their operands. The later stages do: they would all ask which one is the map.
// Preserved: every number.
// Before: verified, shapes inferred. After: the second operand of a Mul is no larger than the first.
#include "compiler/passes/order_operands.hpp"

#include <utility>

namespace sluice::passes {

Status order_operands(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Mul") continue;
    const auto size = [&](std::size_t i) { return ir::element_count(graph.shapes.at(node.inputs[i])); };
    if (size(0) < size(1)) std::swap(node.inputs[0], node.inputs[1]);
  }
  return ok();
}

}  // namespace sluice::passes
