// SPDX-License-Identifier: Apache-2.0
// y = (x - mean) * scale / sqrt(variance + epsilon) + bias is a factor and an offset per channel. In this order:
//   - a convolution before it takes both into its weights and bias;
//   - another normalisation before it: the two become one;
//   - convolutions after it take the factor into their weights and the offset into their bias, if all readers are such.
//     Zero padding comes after the offset, so a window that pads takes no offset: padded zeros would turn into it;
//   - else it is a depthwise convolution with one tap.
//
// Preserved: every value that somebody else reads: a convolution is changed only where its one reader is the
// normalisation, and the normalisation goes only when all its readers take it; normalisations of training stay.
// Before: verified, shapes inferred, rows lifted to maps. After: no BatchNormalization of a map with constant
// parameters; each output is equal up to float rounding.
#include "compiler/passes/fold_affine.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

struct Affine {
  std::vector<float> factor;
  std::vector<float> offset;
};

std::optional<Affine> affine_of(const ir::Graph& graph, const ir::Node& node) {
  const bool is_training = node.integer("training_mode", 0) != 0;  // its numbers depend on the picture
  if (graph.shapes.at(node.inputs[0]).size() != 4 || is_training) return std::nullopt;
  for (std::size_t i = 1; i < 5; ++i) {
    if (!graph.is_constant(node.inputs[i]) || graph.initialisers.at(node.inputs[i]).is_integer()) return std::nullopt;
  }
  const auto values = [&](std::size_t i) -> const std::vector<float>& {
    return graph.initialisers.at(node.inputs[i]).values;
  };
  const float epsilon = node.real("epsilon", 1e-5f);
  Affine affine;
  for (std::size_t c = 0; c < values(1).size(); ++c) {
    const double factor = values(1)[c] / std::sqrt(static_cast<double>(values(4)[c]) + epsilon);
    affine.factor.push_back(static_cast<float>(factor));
    affine.offset.push_back(static_cast<float>(values(2)[c] - values(3)[c] * factor));
  }
  return affine;
}

bool is_plain_conv(const ir::Graph& graph, const ir::Node& node) {
  return node.op == "Conv" && graph.is_constant(node.inputs[1]) &&
         !graph.initialisers.at(node.inputs[1]).is_integer() &&
         (node.inputs.size() < 3 || node.inputs[2].empty() ||
          (graph.is_constant(node.inputs[2]) && !graph.initialisers.at(node.inputs[2]).is_integer()));
}

bool has_activation(const ir::Node& node) {
  return node.activation.low || node.activation.high || node.activation.curve != ir::Curve::none;
}

// A convolution's constants, and how they are put back: other readers of the old ones keep theirs.
struct Parameters {
  ir::Tensor weights;
  ir::Tensor bias;

  static Parameters of(const ir::Graph& graph, const ir::Node& conv) {
    Parameters p{graph.initialisers.at(conv.inputs[1]), {}};
    const bool has_bias = conv.inputs.size() > 2 && !conv.inputs[2].empty();
    p.bias = has_bias ? graph.initialisers.at(conv.inputs[2]) : ir::Tensor::zeros({p.weights.dims[0]});
    return p;
  }

  void store(ir::Graph& graph, ir::Node& conv) && {
    conv.inputs.resize(3);
    conv.inputs[1] = add_initialiser(graph, conv.name + "_folded_weights", std::move(weights));
    conv.inputs[2] = add_initialiser(graph, conv.name + "_folded_bias", std::move(bias));
  }
};

void fold_behind(ir::Graph& graph, ir::Node& conv, const Affine& affine) {
  Parameters p = Parameters::of(graph, conv);
  const std::size_t per_filter = p.weights.values.size() / affine.factor.size();
  for (std::size_t f = 0; f < affine.factor.size(); ++f) {
    for (std::size_t i = 0; i < per_filter; ++i) p.weights.values[f * per_filter + i] *= affine.factor[f];
    p.bias.values[f] = p.bias.values[f] * affine.factor[f] + affine.offset[f];
  }
  std::move(p).store(graph, conv);
}

bool takes_in_front(const ir::Graph& graph, const ir::Node& conv, const std::string& value, const Affine& affine) {
  if (!is_plain_conv(graph, conv) || conv.inputs[0] != value) return false;
  return !conv.is_padded() ||
         std::all_of(affine.offset.begin(), affine.offset.end(), [](float offset) { return offset == 0; });
}

void fold_in_front(ir::Graph& graph, ir::Node& conv, const Affine& affine) {
  Parameters p = Parameters::of(graph, conv);
  const std::int64_t filters = p.weights.dims[0], channels = p.weights.dims[1],
                     taps = p.weights.dims[2] * p.weights.dims[3];
  const std::int64_t per_group = filters / conv.integer("group", 1);
  for (std::int64_t f = 0; f < filters; ++f) {
    double shift = 0;
    for (std::int64_t c = 0; c < channels; ++c) {
      const auto channel = static_cast<std::size_t>(f / per_group * channels + c);
      for (std::int64_t t = 0; t < taps; ++t) {
        float& weight = p.weights.values[static_cast<std::size_t>((f * channels + c) * taps + t)];
        shift += double{weight} * affine.offset[channel];
        weight *= affine.factor[channel];
      }
    }
    p.bias.values[static_cast<std::size_t>(f)] += static_cast<float>(shift);
  }
  std::move(p).store(graph, conv);
}

bool is_identity(const Affine& affine) {
  return std::all_of(affine.factor.begin(), affine.factor.end(), [](float factor) { return factor == 1; }) &&
         std::all_of(affine.offset.begin(), affine.offset.end(), [](float offset) { return offset == 0; });
}

// Writes the product of two normalisations into the second node.
void compose(ir::Graph& graph, ir::Node& node, const std::string& input, const Affine& first, const Affine& second) {
  Affine both = second;
  for (std::size_t c = 0; c < both.factor.size(); ++c) {
    both.factor[c] = first.factor[c] * second.factor[c];
    both.offset[c] = first.offset[c] * second.factor[c] + second.offset[c];
  }
  make_normalisation(graph, node, input, std::move(both.factor), std::move(both.offset));
}

}  // namespace

Status fold_affine(ir::Graph& graph) {
  // Backwards: into the convolution or the normalisation before it.
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "BatchNormalization") continue;
    const auto affine = affine_of(graph, graph.nodes[i]);
    const std::string input = graph.nodes[i].inputs[0];
    const auto producer = index_of_producer(graph, input);
    if (!affine || !producer || !has_one_reader(graph, input)) continue;
    ir::Node& maker = graph.nodes[*producer];
    if (is_plain_conv(graph, maker) && !has_activation(maker)) {
      fold_behind(graph, maker, *affine);
      remove_node(graph, i--, input, maker.name);
    } else if (maker.op == "BatchNormalization") {
      if (const auto first = affine_of(graph, maker)) compose(graph, graph.nodes[i], maker.inputs[0], *first, *affine);
    }
  }
  // What is left: into all convolutions after it, or a layer of its own.
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "BatchNormalization") continue;
    const auto affine = affine_of(graph, graph.nodes[i]);
    if (!affine) continue;
    const std::string input = graph.nodes[i].inputs[0], value = graph.nodes[i].outputs[0];
    const auto readers = graph.consumers(value);
    if (is_identity(*affine)) {  // what two changes of the sign come to
      remove_node(graph, i--, input);
      continue;
    }
    const bool is_taken = value != graph.output && !readers.empty() &&
                          std::all_of(readers.begin(), readers.end(), [&](const ir::Node* reader) {
                            return takes_in_front(graph, *reader, value, *affine);
                          });
    if (!is_taken) {
      make_depthwise(graph, graph.nodes[i], input, affine->factor, affine->offset);
      continue;
    }
    std::string into;
    for (ir::Node& node : graph.nodes) {
      if (std::count(node.inputs.begin(), node.inputs.end(), value) == 0) continue;
      fold_in_front(graph, node, *affine);
      into = node.name;
    }
    remove_node(graph, i--, input, into);
  }
  return ok();
}

}  // namespace sluice::passes
