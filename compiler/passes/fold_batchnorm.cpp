// SPDX-License-Identifier: Apache-2.0
// y = (x - mean) * scale / sqrt(variance + epsilon) + bias is a factor and an offset per channel; a convolution in front
// takes both into its weights and bias, so the device never sees the normalisation.
//
// Before: verified, shapes inferred. After: no BatchNormalization; each output is equal up to float rounding.
#include "compiler/passes/fold_batchnorm.hpp"

#include <cmath>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

struct Affine {
  std::vector<float> factor;
  std::vector<float> offset;
};

Result<Affine> affine_of(const ir::Graph& graph, const ir::Node& node) {
  for (std::size_t i = 1; i < 5; ++i) {
    if (!graph.is_constant(node.inputs[i])) {
      return user_error("{}: {} is computed; export the model in inference mode, so that it is a constant", node.label(), node.inputs[i]);
    }
  }
  const auto& values = [&](std::size_t i) -> const std::vector<float>& { return graph.initialisers.at(node.inputs[i]).values; };
  const float epsilon = node.real("epsilon", 1e-5f);
  Affine affine;
  for (std::size_t c = 0; c < values(1).size(); ++c) {
    const double factor = values(1)[c] / std::sqrt(static_cast<double>(values(4)[c]) + epsilon);
    affine.factor.push_back(static_cast<float>(factor));
    affine.offset.push_back(static_cast<float>(values(2)[c] - values(3)[c] * factor));
  }
  return affine;
}

// The convolution in front gets new weights and bias; other readers of the old ones keep theirs.
void fold_into(ir::Graph& graph, ir::Node& conv, const Affine& affine) {
  ir::Tensor weights = graph.initialisers.at(conv.inputs[1]);
  ir::Tensor bias = ir::Tensor::zeros({weights.dims[0]});
  if (conv.inputs.size() > 2 && !conv.inputs[2].empty()) bias = graph.initialisers.at(conv.inputs[2]);
  const std::size_t per_filter = weights.values.size() / affine.factor.size();
  for (std::size_t f = 0; f < affine.factor.size(); ++f) {
    for (std::size_t i = 0; i < per_filter; ++i) weights.values[f * per_filter + i] *= affine.factor[f];
    bias.values[f] = bias.values[f] * affine.factor[f] + affine.offset[f];
  }
  conv.inputs.resize(3);
  conv.inputs[1] = add_initialiser(graph, conv.name + "_folded_weights", std::move(weights));
  conv.inputs[2] = add_initialiser(graph, conv.name + "_folded_bias", std::move(bias));
}

}  // namespace

Status fold_batchnorm(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "BatchNormalization") continue;
    const Affine affine = SLUICE_TRY(affine_of(graph, graph.nodes[i]));
    const std::string input = graph.nodes[i].inputs[0];
    const auto producer = index_of_producer(graph, input);
    const bool is_foldable = producer && graph.nodes[*producer].op == "Conv" && has_one_reader(graph, input) &&
                             graph.is_constant(graph.nodes[*producer].inputs[1]);
    if (is_foldable) {
      fold_into(graph, graph.nodes[*producer], affine);
      remove_node(graph, i--, input);
      continue;
    }
    // On its own it is a depthwise convolution with one tap.
    ir::Node& node = graph.nodes[i];
    const auto channels = static_cast<std::int64_t>(affine.factor.size());
    const std::string weights = add_initialiser(graph, node.name + "_factor", ir::Tensor::of_values({channels, 1, 1, 1}, affine.factor));
    const std::string bias = add_initialiser(graph, node.name + "_offset", ir::Tensor::of_values({channels}, affine.offset));
    node.op = "Conv";
    node.inputs = {input, weights, bias};
    node.attributes = {{"group", channels}, {"kernel_shape", std::vector<std::int64_t>{1, 1}}};
  }
  return ok();
}

}  // namespace sluice::passes
