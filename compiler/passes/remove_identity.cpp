// SPDX-License-Identifier: Apache-2.0
// Exporters leave nodes that carry a name and no work: Identity, Dropout, a Cast between floating types, a Sum or
// Concat of one operand, a Reshape or Transpose that changes nothing.
//
// A Cast to float16 or bfloat16 rounds, and that is given up: models in half precision say how they were stored, and
// the device rounds by its own rules.
//
// Preserved: every number but for that rounding.
// Before: verified, shapes inferred. After: none of these.
#include "compiler/passes/remove_identity.hpp"

#include <algorithm>

#include "compiler/ops/element_types.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool does_nothing(const ir::Graph& graph, const ir::Node& node) {
  if (node.op == "Identity" || node.op == "Dropout") return true;
  if (node.op == "Cast") return ops::element_type(node.integer("to", 0)) == ir::ElementType::real;
  if (node.op == "Sum" || node.op == "Concat") return node.inputs.size() == 1;
  if (is_reshape(node)) return graph.shapes.at(node.inputs[0]) == graph.shapes.at(node.outputs[0]);
  if (node.op == "Transpose") {
    const auto perm = node.integers("perm", {});
    return !perm.empty() && std::is_sorted(perm.begin(), perm.end());
  }
  return false;
}

}  // namespace

Status remove_identity(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size();) {
    if (does_nothing(graph, graph.nodes[i])) {
      const std::string replacement = graph.nodes[i].inputs[0];
      remove_node(graph, i, replacement);
    } else {
      ++i;
    }
  }
  return ok();
}

}  // namespace sluice::passes
