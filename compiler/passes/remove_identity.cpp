// SPDX-License-Identifier: Apache-2.0
// Exporters leave nodes that carry a name and no work. Before: verified. After: no Identity, Dropout or Constant.
#include "compiler/passes/remove_identity.hpp"

#include "compiler/passes/edit.hpp"

namespace sluice::passes {

Status remove_identity(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size();) {
    const ir::Node& node = graph.nodes[i];
    if (node.op == "Identity" || node.op == "Dropout") {
      const std::string replacement = node.inputs[0];
      remove_node(graph, i, replacement);
    } else if (node.op == "Constant" && node.attributes.count("value") != 0) {
      const std::string name = node.outputs[0];
      ir::Tensor tensor = std::get<ir::Tensor>(node.attributes.at("value"));
      graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i));
      graph.initialisers[name] = std::move(tensor);
    } else {
      ++i;
    }
  }
  return ok();
}

}  // namespace sluice::passes
