// SPDX-License-Identifier: Apache-2.0
// Conv, plain and depthwise: bits, codes of weights and biases, bias correction, the proof of the sums.
#include <algorithm>
#include <bit>
#include <cmath>

#include "compiler/quantise/equalise.hpp"
#include "compiler/quantise/filter_codes.hpp"
#include "compiler/quantise/layer_lowering.hpp"
#include "compiler/quantise/lowering.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

bool is_depthwise(const ir::Node& node, const ir::Tensor& weights) {
  return node.integer("group", 1) > 1 && weights.dims[1] == 1;
}

int limit_bits(const QuantiseOptions& options) { return options.bits == 8 ? 26 : 31; }

std::vector<double> bias_of(const ir::Graph& graph, const ir::Node& node, std::int64_t filters,
                            const ChannelGains& gains) {
  std::vector<double> bias(std::size_t(filters), 0.0);
  if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
    const ir::Tensor& values = graph.initialisers.at(node.inputs[2]);
    for (std::size_t f = 0; f < bias.size(); ++f) bias[f] = values.values[f];
  }
  if (const std::vector<double>* of_filters = gains_of_filters(node, gains)) {
    for (std::size_t f = 0; f < bias.size(); ++f) bias[f] *= (*of_filters)[f];
  }
  return bias;
}

// No sum before the activation is further from 0, where no input is.
double farthest_sum(const ir::Tensor& weights, const std::vector<double>& bias, double farthest_input) {
  constexpr double kRounding = 1.02;  // of weights and sums
  const std::size_t taps = weights.values.size() / bias.size();
  double farthest = 0;
  for (std::size_t f = 0; f < bias.size(); ++f) {
    double sum = 0;
    for (std::size_t t = 0; t < taps; ++t) sum += std::fabs(weights.values[f * taps + t]);
    farthest = std::max(farthest, sum * farthest_input + std::fabs(bias[f]));
  }
  return kRounding * farthest;
}

// Fewest weight bits that a layer may be narrowed to before its input loses bits.
int least_weight_bits(const QuantiseOptions& options) { return options.bits == 8 ? 7 : 12; }

constexpr int kLeastInputBits = 4;

// Bits of sums up to `largest`, sign included, and one more, so that a retrained model of the same shape finds room.
int sum_bits(double largest) {
  constexpr int kSign = 1, kRetrained = 1;
  return std::min(32, kSign + kRetrained + static_cast<int>(std::bit_width(static_cast<std::uint64_t>(largest))));
}

// All that requantisation lets through: what weights make of their input's range is not followed.
CodeRange clamp_range(const Layer& layer, const std::vector<CodeRange>&) { return {layer.clamp_low, layer.clamp_high}; }

}  // namespace

Result<int> convolution_input_bits(const ir::Graph& graph, const ir::Node& node, const QuantiseOptions& options,
                                   const ValueCodes& input, double lowest, const ChannelGains& gains) {
  const ir::Tensor weights = equalised_weights(graph, node, gains);
  for (ValueCodes kept = input; kept.kept_bits >= kLeastInputBits; --kept.kept_bits) {
    const CodeRange range{static_cast<int>(std::floor(lowest * kept.limit())), kept.limit()};
    const FilterSurroundings around{
        kept.scale(), range, 1.0, options.bits, limit_bits(options), is_depthwise(node, weights)};
    if (provable_weight_bits(weights, around) >= least_weight_bits(options)) return kept.kept_bits;
  }
  return bug_error("no number of bits proves " + node.label());
}

namespace {

Status lower_convolution(Lowering& lowering, const ir::Node& node) {
  const QuantiseOptions& options = lowering.options;
  const ir::Tensor weights = equalised_weights(lowering.graph, node, lowering.gains);
  const bool depthwise = is_depthwise(node, weights);
  const std::string& input = node.inputs[0];
  std::vector<double> bias = bias_of(lowering.graph, node, weights.dims[0], lowering.gains);
  const CodeRange entering = lowering.range_of(input);
  const double farthest_input = std::max(std::abs(entering.low), std::abs(entering.high)) * lowering.scale_of(input);
  Layer layer = SLUICE_TRY(lowering.begin(node, depthwise ? LayerKind::depthwise : LayerKind::conv,
                                          farthest_sum(weights, bias, farthest_input)));
  layer.window = window_of(node, {weights.dims[2], weights.dims[3]});
  const FilterSurroundings around{lowering.scale_of(input), entering, layer.code_scale(), options.bits,
                                  limit_bits(options),      depthwise};
  const auto coded = [&]() -> Result<FilterCodes> {
    auto codes = filter_codes(weights, bias, around);
    if (!codes) return std::move(codes).error().in(node.label());
    return codes;
  };
  FilterCodes codes = SLUICE_TRY(coded());
  if (options.has_bias_correction) {
    const auto shift = mean_shift(weights, codes, lowering.statistics.at(input).channel_means(), depthwise);
    for (std::size_t f = 0; f < bias.size(); ++f) bias[f] -= shift[f];
    codes = SLUICE_TRY(coded());
  }
  if (codes.largest_sum >= std::ldexp(1.0, around.limit_bits)) {
    return bug_error(fmt::format("{}: a sum may reach 2^{:.1f}", node.label(), std::log2(codes.largest_sum)));
  }
  lowering.add_proof({layer.name, std::log2(std::max(1.0, codes.largest_sum)), around.limit_bits,
                      codes.least_weight_bits, lowering.codes.of(input).kept_bits});
  layer.weights = std::move(codes.weights);
  layer.bias = std::move(codes.bias);
  layer.multiplier = std::move(codes.multiplier);
  layer.shift = codes.shift;
  layer.sum_bits = sum_bits(codes.largest_sum);
  lowering.finish(node, std::move(layer));
  return ok();
}

}  // namespace

const LayerLowering& conv_lowering() {
  static const LayerLowering record{.op = "Conv", .lower = lower_convolution, .range = clamp_range};
  return record;
}

const LayerLowering& depthwise_lowering() { return conv_lowering(); }

}  // namespace sluice
