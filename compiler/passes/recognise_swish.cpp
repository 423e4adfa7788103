// SPDX-License-Identifier: Apache-2.0
// Exporters write SiLU as x * Sigmoid(x), and Mish as x * Tanh(Softplus(x)). Both are functions of one number, which
// the device looks up in a table; a product of two maps it does not have.
//   x * Sigmoid(x)          becomes Swish(x)
//   x * Tanh(Softplus(x))   becomes Mish(x)
// A gate that others read too stays where it is for them.
//
// Preserved: every value up to float rounding.
// Before: quantisation removed, constants folded. After: none of these products is left.
#include "compiler/passes/recognise_swish.hpp"

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

// What a gate made by `op` opens for; empty where `value` is no such gate.
std::string argument_of(const ir::Graph& graph, const std::string& value, const char* op) {
  const ir::Node* node = graph.producer(value);
  return node && node->op == op ? node->inputs[0] : std::string();
}

}  // namespace

Status recognise_swish(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Mul") continue;
    for (const std::size_t side : {0u, 1u}) {
      const std::string x = node.inputs[1 - side];
      const bool is_swish = argument_of(graph, node.inputs[side], "Sigmoid") == x;
      const bool is_mish = argument_of(graph, argument_of(graph, node.inputs[side], "Tanh"), "Softplus") == x;
      if (!is_swish && !is_mish) continue;
      node.op = is_swish ? "Swish" : "Mish";
      node.inputs = {x};
      node.attributes.clear();
      break;
    }
  }
  return ok();
}

}  // namespace sluice::passes
