// SPDX-License-Identifier: Apache-2.0
// What an IntegerNetwork must satisfy, and the few sums over it.
#include "runtime/bundle/network.hpp"

#include <array>
#include <cmath>
#include <set>

#include "device/contract/numbers.h"

namespace sluice {
namespace {

constexpr std::array<std::pair<LayerKind, const char*>, 6> kKinds{{{LayerKind::conv, "conv"},
                                                                  {LayerKind::depthwise, "depthwise"},
                                                                  {LayerKind::max_pool, "max_pool"},
                                                                  {LayerKind::average_pool, "average_pool"},
                                                                  {LayerKind::global_average_pool, "global_average_pool"},
                                                                  {LayerKind::add, "add"}}};

constexpr int kLargestSize = 65536;

std::int64_t taps(const Layer& layer) { return std::int64_t{layer.window.kernel_h} * layer.window.kernel_w; }

// How many weights and multipliers a layer of this kind and shape has.
struct Counts {
  std::int64_t weights;
  std::int64_t bias;
  std::int64_t multipliers;
};

Counts expected_counts(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::conv:
      return {taps(layer) * layer.input.channels * layer.output.channels, layer.output.channels, layer.output.channels};
    case LayerKind::depthwise:
      return {taps(layer) * layer.output.channels, layer.output.channels, layer.output.channels};
    case LayerKind::max_pool:
      return {0, 0, 0};
    case LayerKind::average_pool:
    case LayerKind::global_average_pool:
      return {0, 0, 1};
    case LayerKind::add:
      return {0, 0, 2};
  }
  return {0, 0, 0};
}

// Output size of a window along one axis is free within what ceil_mode and padding allow: the last window must start
// inside the map or its leading padding, and the window must not be larger than the padded map and a stride.
bool window_fits(int input, int output, int kernel, int stride, int pad_before, int pad_after) {
  const auto is_size = [](int value, int least) { return value >= least && value <= kLargestSize; };
  if (!is_size(output, 1) || !is_size(kernel, 1) || !is_size(stride, 1) || !is_size(pad_before, 0) || !is_size(pad_after, 0)) {
    return false;
  }
  const std::int64_t last_start = std::int64_t{output - 1} * stride - pad_before;
  return pad_before < kernel && last_start < input && kernel < input + pad_before + pad_after + stride;
}

Status check_shapes(const Layer& layer) {
  const MapShape& in = layer.input;
  const MapShape& out = layer.output;
  for (const int size : {in.height, in.width, in.channels, out.height, out.width, out.channels}) {
    if (size < 1 || size > kLargestSize) return user_error("layer {}: a size of {} is outside 1..{}", layer.name, size, kLargestSize);
  }
  const Window& w = layer.window;
  switch (layer.kind) {
    case LayerKind::conv:
    case LayerKind::depthwise:
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      if (!window_fits(in.height, out.height, w.kernel_h, w.stride_h, w.pad_top, w.pad_bottom) ||
          !window_fits(in.width, out.width, w.kernel_w, w.stride_w, w.pad_left, w.pad_right)) {
        return user_error("layer {}: a {}x{} window does not lead from {}x{} to {}x{}", layer.name, w.kernel_h,
                          w.kernel_w, in.height, in.width, out.height, out.width);
      }
      break;
    case LayerKind::global_average_pool:
      if (out.height != 1 || out.width != 1) return user_error("layer {}: a global pool makes 1x1 maps", layer.name);
      break;
    case LayerKind::add:
      if (!(in == out)) return user_error("layer {}: an addition keeps the shape", layer.name);
      break;
  }
  if (layer.kind != LayerKind::conv && in.channels != out.channels) {
    return user_error("layer {}: {} keeps its channels, {} in and {} out", layer.name, to_text(layer.kind), in.channels,
                      out.channels);
  }
  return ok();
}

// Names become parts of file names and of OpenCL identifiers.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

bool is_scale(double value) { return std::isfinite(value) && value > 0; }

Status check_input(const IntegerNetwork& network) {
  for (const int size : {network.input.height, network.input.width, network.input.channels}) {
    if (size < 1 || size > kLargestSize) {
      return user_error("network {}: an input size of {} is outside 1..{}", network.name, size, kLargestSize);
    }
  }
  if (network.input_bits != 8 && network.input_bits != 16) {
    return user_error("network {}: input codes of {} bits; 8 and 16 are possible", network.name, network.input_bits);
  }
  if (!is_scale(network.input_scale)) {
    return user_error("network {}: an input scale of {} is not above 0", network.name, network.input_scale);
  }
  for (const auto* values : {&network.preprocess.mean, &network.preprocess.deviation}) {
    if (std::ssize(*values) != network.input.channels) {
      return user_error("network {}: {} mean or deviation values for {} channels", network.name, values->size(),
                        network.input.channels);
    }
    for (const double value : *values) {
      if (!std::isfinite(value) || (values == &network.preprocess.deviation && value == 0)) {
        return user_error("network {}: a mean or deviation of {} is not possible", network.name, value);
      }
    }
  }
  return ok();
}

Status check_numbers(const Layer& layer) {
  const Counts counts = expected_counts(layer);
  const auto wrong = [&](const char* what, std::size_t found, std::int64_t needed) -> Status {
    return user_error("layer {}: {} {} where its shape needs {}", layer.name, found, what, needed);
  };
  if (std::ssize(layer.weights) != counts.weights) return wrong("weights", layer.weights.size(), counts.weights);
  if (std::ssize(layer.bias) != counts.bias) return wrong("bias values", layer.bias.size(), counts.bias);
  if (std::ssize(layer.multiplier) != counts.multipliers) {
    return wrong("multipliers", layer.multiplier.size(), counts.multipliers);
  }
  if (layer.kind != LayerKind::max_pool && (layer.shift < 1 || layer.shift > SLUICE_SHIFT_MAX)) {
    return user_error("layer {}: shift {} is outside 1..{}", layer.name, layer.shift, SLUICE_SHIFT_MAX);
  }
  if (layer.output_bits != 8 && layer.output_bits != 16) {
    return user_error("layer {}: codes of {} bits; 8 and 16 are possible", layer.name, layer.output_bits);
  }
  if (!is_scale(layer.output_scale)) {
    return user_error("layer {}: an output scale of {} is not above 0", layer.name, layer.output_scale);
  }
  const int limit = (1 << (layer.output_bits - 1)) - 1;
  if (layer.kind != LayerKind::max_pool &&
      (layer.clamp_low < -limit || layer.clamp_high > limit || layer.clamp_low > layer.clamp_high)) {
    return user_error("layer {}: clamp {}..{} is outside {}..{}", layer.name, layer.clamp_low, layer.clamp_high, -limit,
                      limit);
  }
  return ok();
}

}  // namespace

const char* to_text(LayerKind kind) {
  for (const auto& [value, text] : kKinds) {
    if (value == kind) return text;
  }
  return "unknown";
}

Result<LayerKind> layer_kind_from_text(const std::string& text) {
  for (const auto& [value, name] : kKinds) {
    if (text == name) return value;
  }
  return user_error("layer kind \"{}\" is not known", text);
}

std::int64_t Layer::macs() const {
  const std::int64_t pixels = std::int64_t{output.height} * output.width;
  if (kind == LayerKind::conv) return pixels * output.channels * taps(*this) * input.channels;
  if (kind == LayerKind::depthwise) return pixels * output.channels * taps(*this);
  return 0;
}

Status IntegerNetwork::validate() const {
  if (layers.empty()) return user_error("network {}: no layer", name);
  SLUICE_CHECK(check_input(*this));
  std::set<std::string> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    if (!is_plain_name(layer.name)) return user_error("layer name \"{}\" is not made of [a-z0-9_]", layer.name);
    if (!names.insert(layer.name).second) return user_error("layer name {} stands twice", layer.name);
    const std::size_t operands = layer.kind == LayerKind::add ? 2 : 1;
    if (layer.inputs.size() != operands) {
      return user_error("layer {}: {} inputs, {} needed", layer.name, layer.inputs.size(), operands);
    }
    for (const int source : layer.inputs) {
      if (source < kNetworkInput || source >= static_cast<int>(i)) {
        return user_error("layer {}: reads layer {}, which does not come before it", layer.name, source);
      }
      const MapShape& produced = source == kNetworkInput ? input : layers[source].output;
      if (!(produced == layer.input)) return user_error("layer {}: its input has another shape than its producer", layer.name);
    }
    SLUICE_CHECK(check_shapes(layer));
    SLUICE_CHECK(check_numbers(layer));
  }
  if (layers.back().output.height != 1 || layers.back().output.width != 1) {
    return user_error("network {}: the last layer makes a map of {}x{}, a classifier ends with 1x1", name,
                      layers.back().output.height, layers.back().output.width);
  }
  if (!labels.empty() && std::ssize(labels) != classes()) {
    return user_error("network {}: {} labels for {} classes", name, labels.size(), classes());
  }
  return ok();
}

std::vector<std::int16_t> pixel_table(const IntegerNetwork& network, int channel) {
  const int limit = (1 << (network.input_bits - 1)) - 1;
  std::vector<std::int16_t> table(256);
  for (int pixel = 0; pixel < 256; ++pixel) {
    const double real = (pixel - network.preprocess.mean[channel]) / network.preprocess.deviation[channel];
    const double code = std::round(real / network.input_scale);  // std::round is half away from zero
    table[pixel] = static_cast<std::int16_t>(std::min<double>(limit, std::max<double>(-limit, code)));
  }
  return table;
}

}  // namespace sluice
