// SPDX-License-Identifier: Apache-2.0
// A clamp behind a convolution, an addition or an average costs nothing on the device: the results saturate anyway.
//
// Before: verified. After: no Relu or Clip whose input has no other reader; a lone one becomes a depthwise Conv of ones.
#include "compiler/passes/fuse_activation.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool takes_activation(const std::string& op) { return op == "Conv" || op == "Add" || op == "AveragePool" || op == "GlobalAveragePool"; }

Result<ir::Activation> activation_of(const ir::Graph& graph, const ir::Node& node) {
  if (node.op == "Relu") return ir::Activation{0.0f, std::nullopt};
  ir::Activation activation;
  for (const auto& [index, key, bound] : {std::tuple{1u, "min", &activation.low}, {2u, "max", &activation.high}}) {
    if (node.inputs.size() > index && !node.inputs[index].empty()) {
      const auto found = graph.initialisers.find(node.inputs[index]);
      if (found == graph.initialisers.end()) return user_error("{}: its bound {} is computed; a constant is possible", node.label(), node.inputs[index]);
      *bound = found->second.at(0);
    } else if (node.attributes.count(key) != 0) {
      *bound = node.real(key, 0.0f);
    }
  }
  return activation;
}

// Two clamps in a row: the second acts on the first's range.
void combine(ir::Activation& first, const ir::Activation& second) {
  const auto clamp = [&](float v) { return std::min(second.high.value_or(v), std::max(second.low.value_or(v), v)); };
  if (first.low) first.low = clamp(*first.low);
  else first.low = second.low;
  if (first.high) first.high = clamp(*first.high);
  else first.high = second.high;
}

}  // namespace

Status fuse_activation(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "Relu" && graph.nodes[i].op != "Clip") continue;
    const ir::Activation activation = SLUICE_TRY(activation_of(graph, graph.nodes[i]));
    const std::string input = graph.nodes[i].inputs[0];
    const auto producer = index_of_producer(graph, input);
    if (producer && takes_activation(graph.nodes[*producer].op) && has_one_reader(graph, input)) {
      combine(graph.nodes[*producer].activation, activation);
      remove_node(graph, i--, input);
      continue;
    }
    ir::Node& node = graph.nodes[i];
    const std::int64_t channels = graph.shapes.at(input).at(1);
    const std::string ones = add_initialiser(graph, node.name + "_ones", ir::Tensor::of_values({channels, 1, 1, 1}, std::vector<float>(std::size_t(channels), 1.0f)));
    node.op = "Conv";
    node.inputs = {input, ones};
    node.attributes = {{"group", channels}, {"kernel_shape", std::vector<std::int64_t>{1, 1}}};
    node.activation = activation;
  }
  return ok();
}

}  // namespace sluice::passes
