// SPDX-License-Identifier: Apache-2.0
// Choice of scales, then one lowering function per node kind of the normal form.
//
// Two passes over the convolutions. The first decides how many bits weights and input codes of each keep (the proof
// depends on weights only), because the codes of a map are limited by its most demanding reader. The second lowers.
#include "compiler/quantise/quantise.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "compiler/quantise/filter_codes.hpp"
#include "device/contract/numbers.h"

namespace sluice {
namespace {

constexpr int kScoreBits = 16;

int limit_of(int bits) { return (1 << (bits - 1)) - 1; }

// Name of a layer: number and what is left of the node's name in [a-z0-9_].
std::string layer_name(std::size_t index, const std::string& origin) {
  std::string tail;
  for (const char c : origin) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_plain) tail += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!tail.empty() && tail.back() != '_') tail += '_';
  }
  // The end of a long name tells layers apart; its beginning is the same for all.
  if (tail.size() > 24) tail = tail.substr(tail.size() - 24);
  while (!tail.empty() && (tail.front() == '_' || tail.back() == '_')) {
    if (tail.front() == '_') tail.erase(0, 1);
    else tail.pop_back();
  }
  return fmt::format("l{:02}_{}", index, tail.empty() ? "layer" : tail);
}

// Largest shift with which every factor (all > 0) becomes a 16-bit multiplier, and those multipliers.
Status set_multipliers(Layer& layer, const std::vector<double>& factors) {
  const double largest = *std::max_element(factors.begin(), factors.end());
  int shift = SLUICE_SHIFT_MAX;
  while (shift >= 1 && std::round(std::ldexp(largest, shift)) > SLUICE_MULTIPLIER_MAX) --shift;
  if (shift < 1) {
    return user_error("{}: results grow by a factor of {:.3g}, more than a multiplier holds; are the calibration "
                      "pictures of the right kind and scaled as the network expects?", layer.origin, largest);
  }
  layer.shift = shift;
  for (const double factor : factors) layer.multiplier.push_back(static_cast<std::uint16_t>(std::round(std::ldexp(factor, shift))));
  return ok();
}

class Quantiser {
 public:
  Quantiser(const ir::Graph& graph, const Statistics& statistics, const QuantiseOptions& options)
      : graph_(graph), statistics_(statistics), options_(options) {}

  Result<Quantised> run(const Preprocess& preprocess, const std::vector<std::string>& labels) {
    IntegerNetwork& network = result_.network;
    network.name = graph_.name.empty() ? "network" : graph_.name;
    network.preprocess = preprocess;
    network.labels = labels;
    network.input = SLUICE_TRY(map_of(graph_.input));
    network.input_bits = options_.bits;
    for (const ir::Node& node : graph_.nodes) SLUICE_CHECK(choose_bits(node));
    choose_input_scale();
    for (const ir::Node& node : graph_.nodes) SLUICE_CHECK(lower(node));
    if (network.layers.empty() || layer_of_.count(graph_.output) == 0 ||
        layer_of_.at(graph_.output) != static_cast<int>(network.layers.size()) - 1) {
      return user_error("the network's result {} is not computed by its last layer", graph_.output);
    }
    SLUICE_CHECK(network.validate());
    return std::move(result_);
  }

 private:
  Result<MapShape> map_of(const std::string& value) const {
    const auto found = graph_.shapes.find(value);
    if (found == graph_.shapes.end()) return bug_error("no shape for value " + value);
    const ir::Dims& d = found->second;
    if (d.size() == 4 && d[0] == 1) return MapShape{static_cast<int>(d[2]), static_cast<int>(d[3]), static_cast<int>(d[1])};
    if (d.size() == 2 && d[0] == 1) return MapShape{1, 1, static_cast<int>(d[1])};
    return user_error("value {} has shape {}; maps of one picture (1xCxHxW) are possible", value, ir::to_text(d));
  }

  static bool is_depthwise(const ir::Node& node, const ir::Tensor& weights) {
    return node.integer("group", 1) > 1 && weights.dims[1] == 1;
  }

  std::vector<double> bias_of(const ir::Node& node, std::int64_t filters) const {
    std::vector<double> bias(std::size_t(filters), 0.0);
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
      const ir::Tensor& values = graph_.initialisers.at(node.inputs[2]);
      for (std::size_t f = 0; f < bias.size(); ++f) bias[f] = values.values[f];
    }
    return bias;
  }

  // First pass: how far weights and input codes of a convolution must be narrowed for its proof.
  Status choose_bits(const ir::Node& node) {
    if (node.op != "Conv") return ok();
    const ir::Tensor& weights = graph_.initialisers.at(node.inputs[1]);
    const std::int64_t group = node.integer("group", 1);
    if (group != 1 && !(is_depthwise(node, weights) && weights.dims[0] == group)) {
      return user_error("{}: grouped convolution (group {}, {} filters) is not on the device; depthwise (one filter per "
                        "channel) and ungrouped ones are", node.label(), group, weights.dims[0]);
    }
    for (const std::int64_t dilation : node.integers("dilations", {1, 1})) {
      if (dilation != 1) return user_error("{}: dilation {} is not on the device; 1 is", node.label(), dilation);
    }
    const int most = options_.bits, least = options_.bits == 8 ? 7 : 12;
    const double limit = std::ldexp(1.0, options_.bits == 8 ? 26 : 31);
    Bits bits{most, most};
    // Biases are at most 2^24 and are bounded again by the final proof.
    while (true) {
      const double bound = largest_sum(weights, is_depthwise(node, weights), bits);
      if (bound < limit) break;
      if (bits.weights > least) --bits.weights;
      else if (bits.input > 4) --bits.input;
      else return bug_error("no number of bits proves " + node.label());
    }
    bits_[node.name] = bits;
    int& input_bits = value_bits_.try_emplace(node.inputs[0], options_.bits).first->second;
    input_bits = std::min(input_bits, bits.input);
    return ok();
  }

  struct Bits {
    int weights;
    int input;
  };

  static double largest_sum(const ir::Tensor& weights, bool depthwise, const Bits& bits) {
    const std::vector<double> no_bias(std::size_t(weights.dims[0]), 0.0);
    return filter_codes(weights, no_bias, 1.0, limit_of(bits.input), bits.weights, depthwise).largest_sum + (1 << 24);
  }

  int bits_of(const std::string& value) const {
    if (value == graph_.output) return kScoreBits;
    const auto found = value_bits_.find(value);
    return found == value_bits_.end() ? options_.bits : found->second;
  }

  double clip_of(const std::string& value, int limit) const {
    const ValueStatistics& s = statistics_.at(value);
    if (value == graph_.output) return std::max(1e-6, 1.25 * s.largest());  // scores: 16 bits, never clipped
    switch (options_.method) {
      case RangeMethod::mse: return s.clip_mse(limit);
      case RangeMethod::percentile: return s.clip_percentile(options_.percentile);
      case RangeMethod::largest: break;
    }
    return std::max(1e-6, s.largest());
  }

  // The input's range is known exactly from the preprocessing: pixels are 0..255.
  void choose_input_scale() {
    IntegerNetwork& network = result_.network;
    double largest = 0;
    for (std::size_t c = 0; c < network.preprocess.mean.size(); ++c) {
      const double mean = network.preprocess.mean[c], deviation = network.preprocess.deviation[c];
      largest = std::max({largest, std::fabs(mean / deviation), std::fabs((255 - mean) / deviation)});
    }
    network.input_scale = largest / limit_of(bits_of(graph_.input));
    scale_of_[graph_.input] = network.input_scale;
    layer_of_[graph_.input] = kNetworkInput;
  }

  // Fields that every layer has. The output's scale comes from its statistics unless `scale` is given.
  Result<Layer> begin(const ir::Node& node, LayerKind kind, std::size_t operands) {
    Layer layer;
    layer.name = layer_name(result_.network.layers.size(), node.name);
    layer.origin = node.name;
    layer.kind = kind;
    for (std::size_t i = 0; i < operands; ++i) {
      const auto found = layer_of_.find(node.inputs[i]);
      if (found == layer_of_.end()) return bug_error(node.label() + " reads a value that was not lowered: " + node.inputs[i]);
      layer.inputs.push_back(found->second);
    }
    layer.input = SLUICE_TRY(map_of(node.inputs[0]));
    layer.output = SLUICE_TRY(map_of(node.outputs[0]));
    const std::string& value = node.outputs[0];
    layer.output_bits = value == graph_.output ? kScoreBits : options_.bits;
    const int limit = limit_of(std::min(layer.output_bits, bits_of(value)));
    if (statistics_.count(value) == 0) return bug_error("no statistics for value " + value);
    layer.output_scale = clip_of(value, limit) / limit;
    const auto code = [&](float real) { return static_cast<int>(std::clamp<double>(std::round(real / layer.output_scale), -limit, limit)); };
    layer.clamp_low = node.activation.low ? code(*node.activation.low) : -limit;
    layer.clamp_high = node.activation.high ? code(*node.activation.high) : limit;
    return layer;
  }

  void finish(const ir::Node& node, Layer layer) {
    layer_of_[node.outputs[0]] = static_cast<int>(result_.network.layers.size());
    scale_of_[node.outputs[0]] = layer.output_scale;
    result_.value_of[layer.name] = node.outputs[0];
    result_.network.layers.push_back(std::move(layer));
  }

  static Window window_of(const ir::Node& node, const std::vector<std::int64_t>& kernel) {
    const auto strides = node.integers("strides", {1, 1});
    const auto pads = node.integers("pads", {0, 0, 0, 0});
    const auto at = [](const std::vector<std::int64_t>& v, std::size_t i) { return static_cast<int>(v[i]); };
    return {at(kernel, 0), at(kernel, 1), at(strides, 0), at(strides, 1), at(pads, 0), at(pads, 1), at(pads, 2), at(pads, 3)};
  }

  Status lower_conv(const ir::Node& node) {
    const ir::Tensor& weights = graph_.initialisers.at(node.inputs[1]);
    const bool depthwise = is_depthwise(node, weights);
    Layer layer = SLUICE_TRY(begin(node, depthwise ? LayerKind::depthwise : LayerKind::conv, 1));
    layer.window = window_of(node, {weights.dims[2], weights.dims[3]});
    const double input_scale = scale_of_.at(node.inputs[0]);
    const Bits bits = bits_.at(node.name);
    const int largest_input = limit_of(bits_of(node.inputs[0]));
    std::vector<double> bias = bias_of(node, weights.dims[0]);
    FilterCodes codes = filter_codes(weights, bias, input_scale, largest_input, bits.weights, depthwise);
    if (options_.has_bias_correction) {
      const auto shift = mean_shift(weights, codes, statistics_.at(node.inputs[0]).channel_means(), depthwise);
      for (std::size_t f = 0; f < bias.size(); ++f) bias[f] -= shift[f];
      codes = filter_codes(weights, bias, input_scale, largest_input, bits.weights, depthwise);
    }
    const int limit_bits = options_.bits == 8 ? 26 : 31;
    if (codes.largest_sum >= std::ldexp(1.0, limit_bits)) {
      return bug_error(fmt::format("{}: a sum may reach 2^{:.1f}", node.label(), std::log2(codes.largest_sum)));
    }
    result_.proofs.push_back({layer.name, std::log2(std::max(1.0, codes.largest_sum)), limit_bits, bits.weights,
                              bits_of(node.inputs[0])});
    layer.weights = std::move(codes.weights);
    layer.bias = std::move(codes.bias);
    std::vector<double> factors;
    for (const double scale : codes.scale) factors.push_back(input_scale * scale / layer.output_scale);
    SLUICE_CHECK(set_multipliers(layer, factors));
    finish(node, std::move(layer));
    return ok();
  }

  Status lower_max_pool(const ir::Node& node) {
    Layer layer = SLUICE_TRY(begin(node, LayerKind::max_pool, 1));
    layer.window = window_of(node, node.integers("kernel_shape", {}));
    layer.output_scale = scale_of_.at(node.inputs[0]);  // a maximum changes no scale
    layer.output_bits = options_.bits;
    if (node.activation.low || node.activation.high) {
      return user_error("{}: an activation behind a max pool is not on the device; put it before the pool", node.label());
    }
    finish(node, std::move(layer));
    return ok();
  }

  Status lower_average(const ir::Node& node, bool is_global) {
    Layer layer = SLUICE_TRY(begin(node, is_global ? LayerKind::global_average_pool : LayerKind::average_pool, 1));
    std::int64_t count = std::int64_t{layer.input.height} * layer.input.width;
    if (!is_global) {
      layer.window = window_of(node, node.integers("kernel_shape", {}));
      count = std::int64_t{layer.window.kernel_h} * layer.window.kernel_w;
      const bool has_pad = layer.window.pad_top + layer.window.pad_left + layer.window.pad_bottom + layer.window.pad_right > 0;
      if (has_pad && node.integer("count_include_pad", 0) == 0) {
        return user_error("{}: average pooling over a padded map that does not count the padding is not on the device; "
                          "export with count_include_pad=1 or without padding", node.label());
      }
      if (node.integer("ceil_mode", 0) != 0 && (layer.output.height * layer.window.stride_h + layer.window.kernel_h - layer.window.stride_h > layer.input.height + layer.window.pad_top + layer.window.pad_bottom ||
          layer.output.width * layer.window.stride_w + layer.window.kernel_w - layer.window.stride_w > layer.input.width + layer.window.pad_left + layer.window.pad_right)) {
        return user_error("{}: average pooling whose last window hangs over the map (ceil_mode) is not on the device; "
                          "export with ceil_mode=0", node.label());
      }
    }
    SLUICE_CHECK(set_multipliers(layer, {scale_of_.at(node.inputs[0]) / (layer.output_scale * static_cast<double>(count))}));
    finish(node, std::move(layer));
    return ok();
  }

  Status lower_add(const ir::Node& node) {
    Layer layer = SLUICE_TRY(begin(node, LayerKind::add, 2));
    SLUICE_CHECK(set_multipliers(layer, {scale_of_.at(node.inputs[0]) / layer.output_scale,
                                         scale_of_.at(node.inputs[1]) / layer.output_scale}));
    finish(node, std::move(layer));
    return ok();
  }

  Status lower(const ir::Node& node) {
    if (node.op == "Conv") return lower_conv(node);
    if (node.op == "MaxPool") return lower_max_pool(node);
    if (node.op == "AveragePool") return lower_average(node, false);
    if (node.op == "GlobalAveragePool") return lower_average(node, true);
    if (node.op == "Add") return lower_add(node);
    return user_error("{}: {} has no kernel on the device yet; Conv, MaxPool, AveragePool, GlobalAveragePool and Add have",
                      node.label(), node.op);
  }

  const ir::Graph& graph_;
  const Statistics& statistics_;
  const QuantiseOptions& options_;
  Quantised result_;
  std::map<std::string, Bits> bits_;        // per Conv node
  std::map<std::string, int> value_bits_;   // per value: bits its codes keep
  std::map<std::string, double> scale_of_;  // per value
  std::map<std::string, int> layer_of_;     // per value
};

}  // namespace

Result<Quantised> quantise(const ir::Graph& graph, const Statistics& statistics, const Preprocess& preprocess,
                           const std::vector<std::string>& labels, const QuantiseOptions& options) {
  return Quantiser(graph, statistics, options).run(preprocess, labels);
}

}  // namespace sluice
