// SPDX-License-Identifier: Apache-2.0
// Three spellings of one thing. ReduceMean without keepdims gets a Flatten after it, which lift_vectors takes away.
//
// Preserved: every number. A padded AveragePool stays: its mean is of more numbers, or of fewer.
// Before: verified, shapes inferred, pads resolved. After: no ReduceMean over exactly height and width, no AveragePool
// over the whole map.
#include "compiler/passes/means_to_pools.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool is_spatial_mean(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != "ReduceMean" || graph.shapes.at(node.inputs[0]).size() != 4) return false;
  std::vector<std::int64_t> axes = node.integers("axes", {});
  if (node.inputs.size() > 1 && !node.inputs[1].empty()) {
    if (!graph.is_constant(node.inputs[1])) return false;
    axes = graph.initialisers.at(node.inputs[1]).integers;
  }
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  std::sort(axes.begin(), axes.end());
  return axes == std::vector<std::int64_t>{2, 3};
}

bool is_whole_pool(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != "AveragePool") return false;
  const ir::Dims &in = graph.shapes.at(node.inputs[0]), &out = graph.shapes.at(node.outputs[0]);
  return in.size() == 4 && !node.is_padded() && out[2] == 1 && out[3] == 1 &&
         node.integers("kernel_shape", {}) == std::vector<std::int64_t>{in[2], in[3]};
}

}  // namespace

Status means_to_pools(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ir::Node& node = graph.nodes[i];
    const bool is_mean = is_spatial_mean(graph, node);
    if (!is_mean && !is_whole_pool(graph, node)) continue;
    const bool is_flat = is_mean && node.integer("keepdims", 1) == 0;
    node.op = "GlobalAveragePool";
    node.inputs.resize(1);
    node.attributes.clear();
    if (!is_flat) continue;
    ir::Node flatten{.name = unused_name(graph, node.name + "_flatten"), .op = "Flatten", .outputs = node.outputs};
    node.outputs = {unused_name(graph, node.outputs[0] + "_map")};
    flatten.inputs = node.outputs;
    const ir::Dims flat = graph.shapes.at(flatten.outputs[0]);
    graph.shapes[node.outputs[0]] = {flat[0], flat[1], 1, 1};
    graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(++i), std::move(flatten));
  }
  return ok();
}

}  // namespace sluice::passes
