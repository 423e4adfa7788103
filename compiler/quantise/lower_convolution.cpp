// SPDX-License-Identifier: Apache-2.0
// Conv, plain and depthwise: bits, codes of weights and biases, bias correction, the proof of the sums.
#include <algorithm>
#include <cmath>

#include "compiler/quantise/filter_codes.hpp"
#include "compiler/quantise/lowering.hpp"

namespace sluice {
namespace {

constexpr double kLargestBias = 1 << 24;

bool is_depthwise(const ir::Node& node, const ir::Tensor& weights) {
  return node.integer("group", 1) > 1 && weights.dims[1] == 1;
}

int limit_bits(const QuantiseOptions& options) { return options.bits == 8 ? 26 : 31; }

std::vector<double> bias_of(const ir::Graph& graph, const ir::Node& node, std::int64_t filters) {
  std::vector<double> bias(std::size_t(filters), 0.0);
  if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
    const ir::Tensor& values = graph.initialisers.at(node.inputs[2]);
    for (std::size_t f = 0; f < bias.size(); ++f) bias[f] = values.values[f];
  }
  return bias;
}

// Biases are at most 2^24 and are bounded again by the final proof.
double largest_sum(const ir::Tensor& weights, bool depthwise, const ConvolutionBits& bits) {
  const std::vector<double> no_bias(std::size_t(weights.dims[0]), 0.0);
  return filter_codes(weights, no_bias, 1.0, limit_of(bits.input), bits.weights, depthwise).largest_sum + kLargestBias;
}

}  // namespace

Result<ConvolutionBits> convolution_bits(const ir::Graph& graph, const ir::Node& node, const QuantiseOptions& options) {
  const ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
  const std::int64_t group = node.integer("group", 1);
  if (group != 1 && !(is_depthwise(node, weights) && weights.dims[0] == group)) {
    return user_error("{}: grouped convolution (group {}, {} filters) is not on the device; depthwise (one filter per "
                      "channel) and ungrouped ones are", node.label(), group, weights.dims[0]);
  }
  for (const std::int64_t dilation : node.integers("dilations", {1, 1})) {
    if (dilation != 1) return user_error("{}: dilation {} is not on the device; 1 is", node.label(), dilation);
  }
  const int least = options.bits == 8 ? 7 : 12;
  ConvolutionBits bits{options.bits, options.bits};
  while (largest_sum(weights, is_depthwise(node, weights), bits) >= std::ldexp(1.0, limit_bits(options))) {
    if (bits.weights > least) --bits.weights;
    else if (bits.input > 4) --bits.input;
    else return bug_error("no number of bits proves " + node.label());
  }
  return bits;
}

Status lower_convolution(Lowering& lowering, const ir::Node& node) {
  const ir::Tensor& weights = lowering.graph.initialisers.at(node.inputs[1]);
  const bool depthwise = is_depthwise(node, weights);
  Layer layer = SLUICE_TRY(lowering.begin(node, depthwise ? LayerKind::depthwise : LayerKind::conv));
  layer.window = window_of(node, {weights.dims[2], weights.dims[3]});
  const ValueCodes& input = lowering.codes.of(node.inputs[0]);
  const ConvolutionBits bits = SLUICE_TRY(convolution_bits(lowering.graph, node, lowering.options));
  std::vector<double> bias = bias_of(lowering.graph, node, weights.dims[0]);
  FilterCodes codes = filter_codes(weights, bias, input.scale, input.limit(), bits.weights, depthwise);
  if (lowering.options.has_bias_correction) {
    const auto shift = mean_shift(weights, codes, lowering.statistics.at(node.inputs[0]).channel_means(), depthwise);
    for (std::size_t f = 0; f < bias.size(); ++f) bias[f] -= shift[f];
    codes = filter_codes(weights, bias, input.scale, input.limit(), bits.weights, depthwise);
  }
  const int limit = limit_bits(lowering.options);
  if (codes.largest_sum >= std::ldexp(1.0, limit)) {
    return bug_error(fmt::format("{}: a sum may reach 2^{:.1f}", node.label(), std::log2(codes.largest_sum)));
  }
  lowering.add_proof({layer.name, std::log2(std::max(1.0, codes.largest_sum)), limit, bits.weights, input.kept_bits});
  layer.weights = std::move(codes.weights);
  layer.bias = std::move(codes.bias);
  for (double& scale : codes.scale) scale *= input.scale;
  SLUICE_CHECK(lowering.requantise(node, layer, codes.scale));
  lowering.finish(node, std::move(layer));
  return ok();
}

}  // namespace sluice
