// SPDX-License-Identifier: Apache-2.0
// A quantised model in QDQ form is a float model with its rounding written out. Sluice rounds on its own, so the pairs
// go; the weights' DequantizeLinear is folded with the constants. What must stay is saturation: quantisers drop a Relu
// whose work the following QuantizeLinear does (zero point at the end of the range), so after a node that can clamp for
// nothing a pair becomes Clip(low, high) with the bounds of its codes. Elsewhere (the picture, pools, joins of maps
// that are clamped already) the pair becomes nothing.
//
// Before: constants folded. After: no pair with constant scale and zero point; results differ by rounding only.
#include "compiler/passes/remove_quantisation.hpp"

#include <cmath>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool can_clamp(const std::string& op) {
  return op == "Conv" || op == "Gemm" || op == "MatMul" || op == "Add" || op == "Mul" || op == "BatchNormalization" ||
         op == "AveragePool" || op == "GlobalAveragePool" || op == "Sub" || op == "Div" || op == "ReduceMean";
}

// Bounds of the real values that the codes of a per-tensor QuantizeLinear stand for.
std::optional<std::pair<float, float>> range_of(const ir::Graph& graph, const ir::Node& quantise) {
  const auto scale = constant_number(graph, quantise.inputs[1]);
  if (!scale || !(*scale > 0) || !std::isfinite(*scale)) return std::nullopt;
  float zero = 0, low = 0;
  if (quantise.inputs.size() > 2 && !quantise.inputs[2].empty()) {
    const auto number = constant_number(graph, quantise.inputs[2]);
    if (!number) return std::nullopt;
    zero = *number;
    if (graph.initialisers.at(quantise.inputs[2]).type == ir::ElementType::int8) low = -128;
  }
  return std::pair{(low - zero) * *scale, (low + 255 - zero) * *scale};
}

bool has_same_parameters(const ir::Graph& graph, const ir::Node& quantise, const ir::Node& dequantise) {
  const auto number = [&](const ir::Node& node, std::size_t i) {
    return node.inputs.size() > i && !node.inputs[i].empty() ? constant_number(graph, node.inputs[i])
                                                             : std::optional<float>(0.0f);
  };
  return number(quantise, 1) == number(dequantise, 1) && number(quantise, 2) == number(dequantise, 2);
}

}  // namespace

Status remove_quantisation(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ir::Node& node = graph.nodes[i];
    if (node.op != "DequantizeLinear") continue;
    const ir::Node* quantise = producer_if(graph, node.inputs[0], "QuantizeLinear");
    if (!quantise || !has_same_parameters(graph, *quantise, node)) continue;
    const auto range = range_of(graph, *quantise);
    if (!range) continue;
    const std::string value = quantise->inputs[0];
    const ir::Node* maker = graph.producer(value);
    if (!maker || !can_clamp(maker->op) || !has_one_reader(graph, value)) {
      remove_node(graph, i--, value);
      continue;
    }
    node.op = "Clip";
    node.inputs = {value};
    node.attributes = {{"min", range->first}, {"max", range->second}};
  }
  return ok();
}

}  // namespace sluice::passes
