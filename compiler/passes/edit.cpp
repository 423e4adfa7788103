// SPDX-License-Identifier: Apache-2.0
// Edits shared by passes; linear searches, because a classifier has hundreds of nodes and not millions.
#include "compiler/passes/edit.hpp"

#include <algorithm>

namespace sluice::passes {

void replace_uses(ir::Graph& graph, const std::string& from, const std::string& to) {
  for (ir::Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  if (graph.output == from) graph.output = to;
}

void remove_node(ir::Graph& graph, std::size_t index, const std::string& replacement) {
  const std::string value = graph.nodes[index].outputs[0];
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
  replace_uses(graph, value, replacement);
  graph.shapes.erase(value);
}

bool has_one_reader(const ir::Graph& graph, const std::string& value) {
  return value != graph.output && graph.consumers(value).size() == 1;
}

std::string add_initialiser(ir::Graph& graph, const std::string& wish, ir::Tensor tensor) {
  std::string name = wish;
  for (int n = 1; graph.initialisers.count(name) != 0 || graph.shapes.count(name) != 0; ++n) name = wish + "_" + std::to_string(n);
  graph.shapes[name] = tensor.dims;
  graph.initialisers[name] = std::move(tensor);
  return name;
}

std::optional<std::size_t> index_of_producer(const ir::Graph& graph, const std::string& value) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& outputs = graph.nodes[i].outputs;
    if (std::find(outputs.begin(), outputs.end(), value) != outputs.end()) return i;
  }
  return std::nullopt;
}

}  // namespace sluice::passes
