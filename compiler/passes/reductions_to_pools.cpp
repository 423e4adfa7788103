// SPDX-License-Identifier: Apache-2.0
// Spellings of two things: the mean of a map, and its largest number. A sum is a mean times the number of pixels. A
// reduction over width and then over height is one over both. A result without axes for height and width gets a Reshape
// after it, which lift_vectors takes away.
//
// Preserved: every number, up to the rounding of means. A padded AveragePool stays: its mean is of more numbers, or of
// fewer. Before: verified, shapes inferred, pads resolved. After: no GlobalMaxPool of a picture's map, no such
// reduction over exactly height and width, no AveragePool over the whole map.
#include "compiler/passes/reductions_to_pools.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using List = std::vector<std::int64_t>;

bool is_reduction(const std::string& op) { return op == "ReduceMean" || op == "ReduceSum" || op == "ReduceMax"; }

// The axes that a reduction names, counted from the front; nothing where they are computed, or all of them.
std::optional<List> axes_of(const ir::Graph& graph, const ir::Node& node) {
  List axes = node.integers("axes", {});
  if (node.inputs.size() > 1 && !node.inputs[1].empty()) {
    if (!graph.is_constant(node.inputs[1])) return std::nullopt;
    axes = graph.initialisers.at(node.inputs[1]).integers;
  }
  const auto rank = static_cast<std::int64_t>(graph.shapes.at(node.inputs[0]).size());
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + rank : axis;
  std::sort(axes.begin(), axes.end());
  return axes.empty() ? std::nullopt : std::optional(axes);
}

// The map that a node reduces over height and width, be it by itself or after another one that did half of it.
std::optional<std::string> reduced_map(const ir::Graph& graph, const ir::Node& node) {
  if (!is_reduction(node.op)) return std::nullopt;
  const auto axes = axes_of(graph, node);
  if (!axes) return std::nullopt;
  if (graph.shapes.at(node.inputs[0]).size() == 4 && axes == List{2, 3}) return node.inputs[0];
  const ir::Node* first = graph.producer(node.inputs[0]);
  if (!first || first->op != node.op || graph.shapes.at(first->inputs[0]).size() != 4) return std::nullopt;
  const auto done = axes_of(graph, *first);
  if (!done || done->size() != 1 || axes->size() != 1) return std::nullopt;
  // Without keepdims the height takes the place of nothing, but the width comes one axis earlier.
  const bool is_shifted = first->integer("keepdims", 1) == 0 && (*axes)[0] >= (*done)[0];
  const List both{std::min((*done)[0], (*axes)[0] + is_shifted), std::max((*done)[0], (*axes)[0] + is_shifted)};
  return both == List{2, 3} ? std::optional(first->inputs[0]) : std::nullopt;
}

bool is_whole_pool(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != "AveragePool") return false;
  const ir::Dims &in = graph.shapes.at(node.inputs[0]), &out = graph.shapes.at(node.outputs[0]);
  return in.size() == 4 && !node.is_padded() && out[2] == 1 && out[3] == 1 &&
         node.integers("kernel_shape", {}) == List{in[2], in[3]};
}

void become_pool(const ir::Dims& map, ir::Node& node, const std::string& value) {
  const bool is_largest = node.op == "ReduceMax" || node.op == "GlobalMaxPool";
  node.op = is_largest ? "MaxPool" : "GlobalAveragePool";
  node.inputs = {value};
  node.attributes.clear();
  if (!is_largest) return;
  node.attributes = {{"kernel_shape", List{map[2], map[3]}},
                     {"strides", List{1, 1}},
                     {"pads", List{0, 0, 0, 0}},
                     {"dilations", List{1, 1}}};
}

// Lets a new node make what node `index` made, and returns the new node's index.
std::size_t add_after(ir::Graph& graph, std::size_t index, const char* what, const ir::Dims& between, ir::Node next) {
  ir::Node& node = graph.nodes[index];
  next.name = unused_name(graph, node.name + what);
  next.outputs = node.outputs;
  node.outputs = {unused_name(graph, node.outputs[0] + what)};
  next.inputs.insert(next.inputs.begin(), node.outputs[0]);
  graph.shapes[node.outputs[0]] = between;
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(next));
  return index + 1;
}

}  // namespace

Status reductions_to_pools(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const bool is_global = graph.nodes[i].op == "GlobalMaxPool" || is_whole_pool(graph, graph.nodes[i]);
    const auto value = is_global ? std::optional(graph.nodes[i].inputs[0]) : reduced_map(graph, graph.nodes[i]);
    if (!value || graph.shapes.at(*value).size() != 4) continue;
    const ir::Dims map = graph.shapes.at(*value), out = graph.shapes.at(graph.nodes[i].outputs[0]);
    const ir::Dims pixel{map[0], map[1], 1, 1};
    const bool is_sum = graph.nodes[i].op == "ReduceSum";
    become_pool(map, graph.nodes[i], *value);
    if (out != pixel) {
      const std::string shape = add_initialiser(graph, graph.nodes[i].name + "_shape", ir::Tensor::of_integers(out));
      add_after(graph, i, "_map", pixel, {.op = "Reshape", .inputs = {shape}});
    }
    if (is_sum) {
      const auto channels = static_cast<std::size_t>(map[1]);
      i = add_after(graph, i, "_mean", pixel, {});
      make_normalisation(graph, graph.nodes[i], graph.nodes[i].inputs[0],
                         std::vector<float>(channels, static_cast<float>(map[2] * map[3])),
                         std::vector<float>(channels, 0.0f));
    }
    if (out != pixel) ++i;
  }
  return ok();
}

}  // namespace sluice::passes
