// SPDX-License-Identifier: Apache-2.0
// Edits shared by passes; linear searches, because a classifier has hundreds of nodes and not millions.
// Before and after: as the header says.
#include "compiler/passes/edit.hpp"

#include <algorithm>
#include <limits>

#include "compiler/ir/curve.hpp"
#include "compiler/ops/axes.hpp"

namespace sluice::passes {

void replace_uses(ir::Graph& graph, const std::string& from, const std::string& to) {
  for (ir::Node& node : graph.nodes) std::replace(node.inputs.begin(), node.inputs.end(), from, to);
  if (graph.output == from) graph.output = to;
}

void remove_node(ir::Graph& graph, std::size_t index, const std::string& replacement, const std::string& into) {
  const std::string value = graph.nodes[index].outputs[0];
  graph.folded[graph.nodes[index].name] = into;
  graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index));
  replace_uses(graph, value, replacement);
  graph.shapes.erase(value);
}

bool has_one_reader(const ir::Graph& graph, const std::string& value) {
  return value != graph.output && graph.consumers(value).size() == 1;
}

std::string unused_name(const ir::Graph& graph, const std::string& wish) {
  const auto is_taken = [&](const std::string& name) {
    if (graph.initialisers.count(name) != 0 || graph.shapes.count(name) != 0 || name == graph.input) return true;
    return std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const ir::Node& node) {
      return node.name == name || std::count(node.outputs.begin(), node.outputs.end(), name) != 0;
    });
  };
  std::string name = wish;
  for (int n = 1; is_taken(name); ++n) name = wish + "_" + std::to_string(n);
  return name;
}

std::string add_initialiser(ir::Graph& graph, const std::string& wish, ir::Tensor tensor) {
  const std::string name = unused_name(graph, wish);
  graph.shapes[name] = tensor.dims;
  graph.initialisers[name] = std::move(tensor);
  return name;
}

std::optional<std::size_t> index_of_producer(const ir::Graph& graph, const std::string& value) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto& outputs = graph.nodes[i].outputs;
    if (std::find(outputs.begin(), outputs.end(), value) != outputs.end()) return i;
  }
  return std::nullopt;
}

ir::Node* producer_if(ir::Graph& graph, const std::string& value, const std::string& op) {
  const auto index = index_of_producer(graph, value);
  return index && graph.nodes[*index].op == op ? &graph.nodes[*index] : nullptr;
}

std::optional<float> constant_number(const ir::Graph& graph, const std::string& value) {
  const auto found = graph.initialisers.find(value);
  if (found == graph.initialisers.end() || found->second.size() == 0) return std::nullopt;
  const ir::Tensor& tensor = found->second;
  for (std::int64_t i = 1; i < tensor.size(); ++i) {
    if (tensor.at(i) != tensor.at(0)) return std::nullopt;
  }
  return tensor.at(0);
}

std::optional<std::vector<float>> constant_per_channel(const ir::Graph& graph, const std::string& value,
                                                       const ir::Dims& dims) {
  const auto found = graph.initialisers.find(value);
  if (found == graph.initialisers.end() || found->second.is_integer() || dims.size() < 2) return std::nullopt;
  const ir::Tensor& tensor = found->second;
  auto common = ops::broadcast(tensor.dims, dims);
  if (!common || *common != dims || tensor.size() == 0) return std::nullopt;
  // Walk the constant itself, not the map: its own channel axis, if it has one, counts from the end.
  std::vector<float> numbers(static_cast<std::size_t>(dims[1]), 0.0f);
  std::vector<bool> is_known(numbers.size(), false);
  const std::size_t behind = dims.size() - 2;  // axes after the channel
  const bool has_channel = tensor.dims.size() > behind && tensor.dims[tensor.dims.size() - 1 - behind] != 1;
  std::int64_t inner = 1;
  for (std::size_t axis = 0; axis < std::min(behind, tensor.dims.size()); ++axis)
    inner *= tensor.dims[tensor.dims.size() - 1 - axis];
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    const std::size_t channel = has_channel ? static_cast<std::size_t>(i / inner % dims[1]) : 0;
    if (is_known[channel] && numbers[channel] != tensor.values[i]) return std::nullopt;
    numbers[channel] = tensor.values[i];
    is_known[channel] = true;
  }
  if (!has_channel) std::fill(numbers.begin(), numbers.end(), numbers[0]);
  return numbers;
}

void make_depthwise(ir::Graph& graph, ir::Node& node, const std::string& input, std::vector<float> factor,
                    std::vector<float> offset) {
  const auto channels = static_cast<std::int64_t>(factor.size());
  const std::string weights =
      add_initialiser(graph, node.name + "_factor", ir::Tensor::of_values({channels, 1, 1, 1}, std::move(factor)));
  const std::string bias =
      add_initialiser(graph, node.name + "_offset", ir::Tensor::of_values({channels}, std::move(offset)));
  node.op = "Conv";
  node.inputs = {input, weights, bias};
  node.attributes = {{"group", channels}, {"kernel_shape", std::vector<std::int64_t>{1, 1}}};
}

void make_normalisation(ir::Graph& graph, ir::Node& node, const std::string& input, std::vector<float> factor,
                        std::vector<float> offset) {
  const auto channels = static_cast<std::int64_t>(factor.size());
  const auto constant = [&](const char* what, std::vector<float> values) {
    return add_initialiser(graph, node.name + what, ir::Tensor::of_values({channels}, std::move(values)));
  };
  const std::string factors = constant("_factor", std::move(factor)), offsets = constant("_offset", std::move(offset));
  const std::string means = constant("_mean", std::vector<float>(static_cast<std::size_t>(channels), 0.0f));
  const std::string variances = constant("_variance", std::vector<float>(static_cast<std::size_t>(channels), 1.0f));
  node.op = "BatchNormalization";
  node.inputs = {input, factors, offsets, means, variances};
  node.attributes = {{"epsilon", 0.0f}};
}

bool is_row(const ir::Dims& dims) {
  std::int64_t longest = 1;
  for (const std::int64_t dim : dims) longest = std::max(longest, dim);
  return longest == ir::element_count(dims);
}

bool is_softmax_of_single_scores(const ir::Graph& graph, const ir::Node& node) {
  const ir::Dims& dims = graph.shapes.at(node.inputs[0]);
  if (dims.empty() || !is_row(dims)) return false;
  const auto rank = static_cast<std::int64_t>(dims.size());
  std::int64_t axis = node.integer("axis", graph.opset < 13 ? 1 : -1);
  if (axis < 0) axis += rank;
  std::int64_t length = 1;  // before opset 13 the axis with all axes after it, since then the axis alone
  for (std::int64_t i = axis; i < (graph.opset < 13 ? rank : std::min(rank, axis + 1)); ++i)
    length *= dims[static_cast<std::size_t>(i)];
  return length < ir::element_count(dims);
}

bool is_activation(const ir::Node& node) { return node.op == "Relu" || node.op == "Clip" || ir::curve_of(node); }

bool is_reshape(const ir::Node& node) {
  return node.op == "Flatten" || node.op == "Reshape" || node.op == "Squeeze" || node.op == "Unsqueeze";
}

}  // namespace sluice::passes
