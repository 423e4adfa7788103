// SPDX-License-Identifier: Apache-2.0
// Finds the maps whose producer and readers let a gain pass, and moves it (see equalise.hpp).
#include "compiler/quantise/equalise.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

// A channel that reaches less than this share of its map carries nothing that codes could show.
constexpr double kLeastRange = 1e-6;

bool is_depthwise(const ir::Graph& graph, const ir::Node& conv) {
  return conv.integer("group", 1) > 1 && graph.initialisers.at(conv.inputs[1]).dims[1] == 1;
}

// Does a positive factor pass the activation? An upper clamp is respected by the choice of gains.
bool is_homogeneous(const ir::Activation& activation) {
  return activation.curve == ir::Curve::none && (!activation.low || *activation.low == 0.0f) &&
         (!activation.high || activation.low);
}

// Readers of a value when all of them are convolutions that can take a gain back; else empty.
std::vector<const ir::Node*> convolution_readers(const ir::Graph& graph, const std::string& value) {
  if (value == graph.output) return {};
  const std::vector<const ir::Node*> readers = graph.consumers(value);
  for (const ir::Node* reader : readers) {
    if (reader->op != "Conv" || reader->inputs[0] != value ||
        (reader->integer("group", 1) > 1 && !is_depthwise(graph, *reader)))
      return {};
  }
  return readers;
}

// Multiplies the weights of input channel (or depthwise filter) c by factor[c].
void scale_inputs(ir::Tensor& weights, bool depthwise, const std::vector<double>& factor) {
  const std::int64_t taps = weights.dims[2] * weights.dims[3];
  const std::int64_t channels = depthwise ? weights.dims[0] : weights.dims[1];
  for (std::int64_t i = 0; i < weights.size(); ++i)
    weights.values[std::size_t(i)] *= static_cast<float>(factor[std::size_t(i / taps % channels)]);
}

// Largest weight that reads each channel, as a share of the largest of all: 1 for a depthwise reader.
std::vector<double> shares_of_weights(const ir::Graph& graph, const ir::Node& reader, std::size_t channels) {
  if (is_depthwise(graph, reader)) return std::vector<double>(channels, 1.0);
  const ir::Tensor& weights = graph.initialisers.at(reader.inputs[1]);
  const std::int64_t taps = weights.dims[2] * weights.dims[3];
  std::vector<double> shares(channels, 0.0);
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    double& share = shares[std::size_t(i / taps % weights.dims[1])];
    share = std::max<double>(share, std::fabs(weights.values[std::size_t(i)]));
  }
  const double largest = *std::max_element(shares.begin(), shares.end());
  for (double& share : shares) share = largest > 0 ? share / largest : 1.0;
  return shares;
}

// Two nodes may read one initialiser; a gain belongs to one of them.
void unshare_constants(ir::Graph& graph) {
  std::map<std::string, int> uses;
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Conv") continue;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      std::string& name = node.inputs[i];
      if (name.empty() || uses[name]++ == 0) continue;
      const std::string own = name + "/" + node.name + "/" + std::to_string(i);
      graph.initialisers[own] = graph.initialisers.at(name);
      graph.shapes[own] = graph.initialisers.at(name).dims;
      name = own;
    }
  }
}

std::vector<double> gains_of(const ir::Graph& graph, const std::vector<const ir::Node*>& readers,
                             const std::vector<double>& ranges) {
  const double whole = *std::max_element(ranges.begin(), ranges.end());
  std::vector<double> shares(ranges.size(), 0.0), gains(ranges.size(), 1.0);
  bool is_free = true;
  for (const ir::Node* reader : readers) {
    const std::vector<double> of_reader = shares_of_weights(graph, *reader, ranges.size());
    for (std::size_t c = 0; c < shares.size(); ++c) shares[c] = std::max(shares[c], of_reader[c]);
    is_free &= is_depthwise(graph, *reader);
  }
  for (std::size_t c = 0; c < gains.size(); ++c) {
    if (ranges[c] <= whole * kLeastRange) continue;  // a dead channel; its gain would not be a float
    const double most = whole / ranges[c];
    gains[c] = is_free ? most : std::clamp(std::sqrt(shares[c] * most), 1.0, most);
  }
  return gains;
}

}  // namespace

ChannelGains equalise(ir::Graph& graph, const Statistics& statistics) {
  unshare_constants(graph);
  ChannelGains all;
  for (const ir::Node& node : graph.nodes) {
    const std::string& value = node.outputs[0];
    if (node.op != "Conv" || !is_homogeneous(node.activation)) continue;
    const std::vector<const ir::Node*> readers = convolution_readers(graph, value);
    const auto found = statistics.find(value);
    if (readers.empty() || found == statistics.end()) continue;
    const std::vector<double> gains = gains_of(graph, readers, found->second.channel_largest());
    if (std::all_of(gains.begin(), gains.end(), [](double gain) { return gain == 1.0; })) continue;

    ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
    const std::int64_t per_filter = weights.size() / weights.dims[0];
    for (std::int64_t i = 0; i < weights.size(); ++i)
      weights.values[std::size_t(i)] *= static_cast<float>(gains[std::size_t(i / per_filter)]);
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
      ir::Tensor& bias = graph.initialisers.at(node.inputs[2]);
      for (std::size_t f = 0; f < gains.size(); ++f) bias.values[f] *= static_cast<float>(gains[f]);
    }
    std::vector<double> inverse;
    for (const double gain : gains) inverse.push_back(1 / gain);
    for (const ir::Node* reader : readers)
      scale_inputs(graph.initialisers.at(reader->inputs[1]), is_depthwise(graph, *reader), inverse);
    all[value] = gains;
  }
  return all;
}

}  // namespace sluice
