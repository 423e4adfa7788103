// SPDX-License-Identifier: Apache-2.0
// Min(x, c) is a Clip with an upper bound, Max(x, c) one with a lower bound: so current exporters write ReLU6
// (Min(Relu(x), 6)) and a clamp of any kind.
//
// Preserved: every number. A constant that differs from element to element, or that stretches x, stays as it is, and so
// does an extreme of two computed values.
// Before: constants folded. After: no Min or Max of one computed value with single numbers.
#include "compiler/passes/extremes_to_clip.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

void become_clip(ir::Graph& graph, ir::Node& node) {
  const bool is_max = node.op == "Max";
  std::string x;
  std::optional<float> bound;
  for (const std::string& value : node.inputs) {
    if (!graph.is_constant(value)) {
      if (!x.empty() && x != value) return;
      x = value;
      continue;
    }
    const auto number = constant_number(graph, value);
    if (!number || graph.initialisers.at(value).is_integer()) return;
    bound = !bound ? *number : is_max ? std::max(*bound, *number) : std::min(*bound, *number);
  }
  if (x.empty() || graph.shapes.at(x) != graph.shapes.at(node.outputs[0])) return;
  node.op = "Clip";
  node.inputs = {x};
  node.attributes.clear();
  if (bound) node.attributes[is_max ? "min" : "max"] = *bound;
}

}  // namespace

Status extremes_to_clip(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op == "Min" || node.op == "Max") become_clip(graph, node);
  }
  return ok();
}

}  // namespace sluice::passes
