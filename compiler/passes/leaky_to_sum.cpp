// SPDX-License-Identifier: Apache-2.0
// A leaky ReLU (LeakyRelu, or PRelu with constant slopes) is x + relu((slope - 1) * x) where no slope is above 1:
// where x is positive the second term is 0, elsewhere it makes slope * x of x. Where no slope is below 1, the second
// term is negative, and min takes the place of relu.
//
// Why a sum and no table of codes: codes before a table must hold the negative side, which is 1 / slope times as wide
// as what comes of it; and slopes differ from channel to channel. A product per channel with a clamp is one small
// layer, with the sum a second, in 8 bits and in 16.
//
// Preserved: every value up to float rounding.
// Before: constants folded. After: none is left but those whose slopes are computed, or on both sides of 1.
#include "compiler/passes/leaky_to_sum.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

// The slopes minus 1, in the shape that they have.
std::optional<ir::Tensor> slopes_minus_one(const ir::Graph& graph, const ir::Node& node) {
  if (node.op == "LeakyRelu") return ir::Tensor::of_values({}, {node.real("alpha", 0.01f) - 1});
  const auto found = graph.initialisers.find(node.inputs[1]);
  if (found == graph.initialisers.end() || found->second.is_integer()) return std::nullopt;
  ir::Tensor slopes = found->second;
  for (float& slope : slopes.values) slope -= 1;
  return slopes;
}

}  // namespace

Status leaky_to_sum(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node node = graph.nodes[i];
    if (node.op != "LeakyRelu" && node.op != "PRelu") continue;
    auto factors = slopes_minus_one(graph, node);
    if (!factors || factors->size() == 0) continue;
    const auto [least, largest] = std::minmax_element(factors->values.begin(), factors->values.end());
    const bool is_below = *largest <= 0, is_above = *least >= 0;
    if (!is_below && !is_above) continue;
    const std::string name = unused_name(graph, node.name + "_negative");
    const std::string constant = add_initialiser(graph, node.name + "_slopes", std::move(*factors));
    ir::Node product{.name = name, .op = "Mul", .inputs = {node.inputs[0], constant}, .outputs = {name}};
    ir::Node clamp{.name = unused_name(graph, name + "_clamped"), .op = "Clip", .inputs = {name}};
    clamp.outputs = {clamp.name};
    clamp.attributes[is_below ? "min" : "max"] = 0.0f;
    for (const ir::Node* made : {&product, &clamp}) graph.shapes[made->outputs[0]] = graph.shapes.at(node.inputs[0]);
    graph.nodes[i].op = "Add";
    graph.nodes[i].inputs = {node.inputs[0], clamp.outputs[0]};
    graph.nodes[i].attributes.clear();
    const auto at = graph.nodes.begin() + static_cast<std::ptrdiff_t>(i);
    graph.nodes.insert(at, {product, clamp});
    i += 2;
  }
  return ok();
}

}  // namespace sluice::passes
