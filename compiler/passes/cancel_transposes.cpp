// SPDX-License-Identifier: Apache-2.0
// Networks from TensorFlow are channels-last, ONNX operators channels-first. Exporters put Transpose around them:
//   - after the picture: the graph's input is simply taken channels-first (the loader of pictures makes either);
//   - two in a row: one with the product of both orders, or none;
//   - of a map of one pixel, or of one channel to the front: a Reshape, since no number moves;
//   - before a mean over height and width: the mean names other axes.
// One between a map and the matrix that flattens it is taken into the matrix by lift_vectors.
//
// Before: verified, shapes inferred. After: none of these. The input's shape may have changed its order.
#include "compiler/passes/cancel_transposes.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using Order = std::vector<std::int64_t>;

Order order_of(const ir::Node& node, std::size_t rank) {
  Order reversed(rank);
  for (std::size_t i = 0; i < rank; ++i) reversed[i] = static_cast<std::int64_t>(rank - 1 - i);
  return node.integers("perm", reversed);
}

// A channels-last picture whose only readers turn it channels-first.
void turn_input(ir::Graph& graph) {
  const ir::Dims dims = graph.shapes.at(graph.input);
  const Order to_nchw{0, 3, 1, 2};
  const auto readers = graph.consumers(graph.input);
  const bool is_turned = dims.size() == 4 && !readers.empty() && graph.output != graph.input &&
                         std::all_of(readers.begin(), readers.end(), [&](const ir::Node* node) {
                           return node->op == "Transpose" && order_of(*node, 4) == to_nchw;
                         });
  if (!is_turned) return;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    if (graph.nodes[i].op == "Transpose" && graph.nodes[i].inputs[0] == graph.input) remove_node(graph, i, graph.input);
  }
  graph.shapes[graph.input] = {dims[0], dims[3], dims[1], dims[2]};
}

// True when the axes longer than 1 keep their order: then no number moves.
bool moves_nothing(const ir::Dims& dims, const Order& order) {
  std::int64_t last = -1;
  for (const std::int64_t axis : order) {
    if (dims[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

// Means over {1, 2} of a channels-last view are means over {2, 3} of the map.
void turn_mean(ir::Graph& graph, ir::Node& mean) {
  const ir::Node* transpose = producer_if(graph, mean.inputs[0], "Transpose");
  const bool is_kept = mean.integer("keepdims", 1) != 0;
  if (!transpose || is_kept || order_of(*transpose, graph.shapes.at(mean.inputs[0]).size()) != Order{0, 2, 3, 1})
    return;
  Order axes = mean.integers("axes", {});
  if (mean.inputs.size() > 1 && graph.is_constant(mean.inputs[1]))
    axes = graph.initialisers.at(mean.inputs[1]).integers;
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  std::sort(axes.begin(), axes.end());
  if (axes != Order{1, 2}) return;
  mean.inputs[0] = transpose->inputs[0];
  if (mean.inputs.size() > 1) {
    mean.inputs[1] = add_initialiser(graph, mean.name + "_axes", ir::Tensor::of_integers({2, 3}));
  } else {
    mean.attributes["axes"] = Order{2, 3};
  }
}

}  // namespace

Status cancel_transposes(ir::Graph& graph) {
  turn_input(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op == "ReduceMean") turn_mean(graph, graph.nodes[i]);
    if (graph.nodes[i].op != "Transpose") continue;
    ir::Node& node = graph.nodes[i];
    const ir::Dims in = graph.shapes.at(node.inputs[0]), out = graph.shapes.at(node.outputs[0]);
    Order order = order_of(node, in.size());
    if (const ir::Node* first = producer_if(graph, node.inputs[0], "Transpose")) {
      const Order before = order_of(*first, in.size());
      for (std::int64_t& axis : order) axis = before[static_cast<std::size_t>(axis)];
      node.inputs[0] = first->inputs[0];
      node.attributes["perm"] = order;
    }
    if (std::is_sorted(order.begin(), order.end())) {
      const std::string value = node.inputs[0];
      remove_node(graph, i--, value);
    } else if (moves_nothing(graph.shapes.at(node.inputs[0]), order)) {
      node.op = "Reshape";
      node.inputs = {node.inputs[0], add_initialiser(graph, node.name + "_shape", ir::Tensor::of_integers(out))};
      node.attributes.clear();
    }
  }
  return ok();
}

}  // namespace sluice::passes
