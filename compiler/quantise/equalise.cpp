// SPDX-License-Identifier: Apache-2.0
// Finds the values that may share gains, and chooses them (see equalise.hpp).
#include "compiler/quantise/equalise.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace sluice {
namespace {

// A channel that reaches less than this share of its map carries nothing that codes could show.
constexpr double kLeastRange = 1e-6;
// After a curve, gains are in multipliers with one shift; more would cost the channel without gain its last bits.
constexpr double kMostCurveGain = 32;

bool is_depthwise(const ir::Graph& graph, const ir::Node& conv) {
  return conv.integer("group", 1) > 1 && graph.initialisers.at(conv.inputs[1]).dims[1] == 1;
}

// Does a positive factor pass the activation? An upper clamp is respected by the choice of gains.
bool is_homogeneous(const ir::Activation& activation) {
  return activation.curve == ir::Curve::none && (!activation.low || *activation.low == 0.0f) &&
         (!activation.high || activation.low);
}

// The multiplier after a curve takes a gain; a clamp after that would have none.
bool is_bare_curve(const ir::Activation& activation) {
  return activation.curve != ir::Curve::none && !activation.low && !activation.high;
}

// Does the node's result have the gains of its first input?
bool keeps_gains(const ir::Node& node) {
  static const std::set<std::string> ops{"MaxPool", "AveragePool", "GlobalAveragePool", "Mul"};
  return ops.count(node.op) != 0 && is_homogeneous(node.activation);
}

// Values with the same gains, and the convolutions that make and read them.
struct SharedGains {
  std::vector<std::string> values;
  std::vector<const ir::Node*> readers;
  bool is_possible = true;
  bool has_curve = false;
};

void add_value(const ir::Graph& graph, const std::string& value, SharedGains& shared) {
  shared.values.push_back(value);
  shared.is_possible &= value != graph.output;
  for (const ir::Node* reader : graph.consumers(value)) {
    const bool is_first =
        reader->inputs[0] == value && std::count(reader->inputs.begin(), reader->inputs.end(), value) == 1;
    if (is_first && keeps_gains(*reader)) {
      add_value(graph, reader->outputs[0], shared);
    } else {
      const bool is_convolution = is_first && reader->op == "Conv";
      shared.is_possible &= is_convolution && (reader->integer("group", 1) == 1 || is_depthwise(graph, *reader));
      if (is_convolution) shared.readers.push_back(reader);
    }
  }
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

// Of each channel, as a share of its map's largest value: the largest of all maps that share gains.
std::vector<double> shares_of_ranges(const SharedGains& shared, const Statistics& statistics) {
  std::vector<double> shares;
  for (const std::string& value : shared.values) {
    const auto found = statistics.find(value);
    if (found == statistics.end()) return {};
    const std::vector<double>& ranges = found->second.channel_largest();
    const double whole = *std::max_element(ranges.begin(), ranges.end());
    shares.resize(ranges.size(), 0.0);
    for (std::size_t c = 0; c < ranges.size() && whole > 0; ++c) shares[c] = std::max(shares[c], ranges[c] / whole);
  }
  return shares;
}

std::vector<double> gains_of(const ir::Graph& graph, const SharedGains& shared, const std::vector<double>& ranges) {
  std::vector<double> shares(ranges.size(), 0.0), gains(ranges.size(), 1.0);
  bool is_free = true;
  for (const ir::Node* reader : shared.readers) {
    const std::vector<double> of_reader = shares_of_weights(graph, *reader, ranges.size());
    for (std::size_t c = 0; c < shares.size(); ++c) shares[c] = std::max(shares[c], of_reader[c]);
    is_free &= is_depthwise(graph, *reader);
  }
  for (std::size_t c = 0; c < gains.size(); ++c) {
    if (ranges[c] <= kLeastRange) continue;  // a dead channel; its gain would not be a float
    const double most = 1 / ranges[c];
    gains[c] = is_free ? most : std::clamp(std::sqrt(shares[c] * most), 1.0, most);
    if (shared.has_curve) gains[c] = std::min(gains[c], kMostCurveGain);
  }
  return gains;
}

}  // namespace

ChannelGains equalise(const ir::Graph& graph, const Statistics& statistics) {
  ChannelGains all;
  for (const ir::Node& node : graph.nodes) {
    SharedGains shared;
    shared.has_curve = is_bare_curve(node.activation);
    if (node.op != "Conv" || !(shared.has_curve || is_homogeneous(node.activation))) continue;
    add_value(graph, node.outputs[0], shared);
    if (!shared.is_possible || shared.readers.empty()) continue;
    const std::vector<double> ranges = shares_of_ranges(shared, statistics);
    if (ranges.empty()) continue;
    const std::vector<double> gains = gains_of(graph, shared, ranges);
    if (std::all_of(gains.begin(), gains.end(), [](double gain) { return gain == 1.0; })) continue;
    for (const std::string& value : shared.values) all[value] = gains;
  }
  return all;
}

const std::vector<double>* gains_of_filters(const ir::Node& conv, const ChannelGains& gains) {
  const auto found = gains.find(conv.outputs[0]);
  return found == gains.end() || conv.activation.curve != ir::Curve::none ? nullptr : &found->second;
}

ir::Tensor equalised_weights(const ir::Graph& graph, const ir::Node& conv, const ChannelGains& gains) {
  ir::Tensor weights = graph.initialisers.at(conv.inputs[1]);
  const std::vector<double>* of_filters = gains_of_filters(conv, gains);
  const auto of_input = gains.find(conv.inputs[0]);
  if (of_filters == nullptr && of_input == gains.end()) return weights;
  const bool depthwise = is_depthwise(graph, conv);
  const std::int64_t taps = weights.dims[2] * weights.dims[3], channels = weights.dims[1];
  for (std::int64_t i = 0; i < weights.size(); ++i) {
    const auto filter = std::size_t(i / taps / channels), channel = std::size_t(i / taps % channels);
    double factor = of_filters ? (*of_filters)[filter] : 1;
    if (of_input != gains.end()) factor /= of_input->second[depthwise ? filter : channel];
    weights.values[std::size_t(i)] *= static_cast<float>(factor);
  }
  return weights;
}

}  // namespace sluice
