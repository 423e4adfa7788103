// SPDX-License-Identifier: Apache-2.0
// Softmax, LogSoftmax and Sigmoid after the scores change no ranking. Reshapes and transpositions of a row of scores
// move nothing. The host computes them (runtime/scores); the device ends at the scores. ArgMax, and the places that
// TopK finds, say which scores are largest: the host has the scores, and does without.
//
// Preserved: everything; the host computes what is cut off, from the scores as they are, or has no need of it.
// Before: verified, shapes inferred. After: `output` is the last value that no such node computes; those nodes are in
// `host_tail`, in order. A Softmax of a row of scores runs along the whole row: one along an axis of a single element,
// which would make all scores equal, stays in the graph, where normal_form refuses it.
#include "compiler/passes/split_host_tail.hpp"

#include "compiler/passes/edit.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::passes {
namespace {

// ArgMax or TopK along a row of scores.
bool names_classes(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != "ArgMax" && node.op != "TopK.Indices") return false;
  const ir::Dims& dims = graph.shapes.at(node.inputs[0]);
  const auto rank = static_cast<std::int64_t>(dims.size());
  std::int64_t axis = node.integer("axis", node.op == "ArgMax" ? 0 : -1);
  axis = axis < 0 ? axis + rank : axis;
  return rank > 0 && dims[static_cast<std::size_t>(axis)] == ir::element_count(dims) &&
         node.integer("largest", 1) != 0 && node.integer("sorted", 1) != 0;
}

// Is the value the number of a class, in whatever type and shape?
bool is_class(const ir::Graph& graph, const std::string& value) {
  const ir::Node* node = graph.producer(value);
  while (node && (node->op == "Cast" || is_reshape(*node))) node = graph.producer(node->inputs[0]);
  return node && names_classes(graph, *node);
}

bool belongs_to_host(const ir::Graph& graph, const ir::Node& node) {
  if (names_classes(graph, node)) return true;
  if (is_class(graph, node.inputs[0])) return node.op == "Cast" || is_reshape(node);
  if (node.op == "Softmax" || node.op == "LogSoftmax") return !is_softmax_of_single_scores(graph, node);
  if (node.op == "Sigmoid") return true;
  // A DequantizeLinear or transposition of anything but scores is work.
  return (is_reshape(node) || node.op == "Transpose") && is_row(graph.shapes.at(node.inputs[0]));
}

}  // namespace

Status split_host_tail(ir::Graph& graph) {
  while (true) {
    const auto last = index_of_producer(graph, graph.output);
    if (!last) return user_error("the scores \"{}\" do not depend on the picture", graph.output);
    const ir::Node& node = graph.nodes[*last];
    if (!belongs_to_host(graph, node) || !graph.consumers(graph.output).empty()) return ok();
    graph.host_tail.insert(graph.host_tail.begin(), node);
    graph.output = node.inputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(*last));
  }
}

}  // namespace sluice::passes
