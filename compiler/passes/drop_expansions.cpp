// SPDX-License-Identifier: Apache-2.0
// Exporters write out what arithmetic does by itself: a gate of one pixel is stretched to the map (Expand) that it then
// multiplies. Where another operand has the whole shape already, the product is the same without.
//
// Preserved: every number; other readers keep the Expand.
// Before: verified, shapes inferred. After: no Expand that changes nothing, and none of a computed value in front of
// such arithmetic.
#include "compiler/passes/drop_expansions.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool broadcasts(const std::string& op) {
  return op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Sum" || op == "Min" || op == "Max";
}

}  // namespace

Status drop_expansions(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "Expand") continue;
    const std::string value = graph.nodes[i].inputs[0], stretched = graph.nodes[i].outputs[0];
    const ir::Dims dims = graph.shapes.at(stretched);
    if (graph.shapes.at(value) == dims) {
      remove_node(graph, i--, value);
      continue;
    }
    for (ir::Node& reader : graph.nodes) {
      const bool is_whole = std::any_of(reader.inputs.begin(), reader.inputs.end(), [&](const std::string& other) {
        return other != stretched && !other.empty() && graph.shapes.at(other) == dims;
      });
      if (!broadcasts(reader.op) || !is_whole) continue;
      if (std::count(reader.inputs.begin(), reader.inputs.end(), stretched) != 0)
        graph.folded[graph.nodes[i].name] = reader.name;
      std::replace(reader.inputs.begin(), reader.inputs.end(), stretched, value);
    }
  }
  return ok();
}

}  // namespace sluice::passes
