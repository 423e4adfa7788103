// SPDX-License-Identifier: Apache-2.0
// What an IntegerNetwork must satisfy, and the few sums over it.
#include "runtime/bundle/network.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "device/contract/numbers.h"
#include "runtime/base/errors.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

constexpr std::array kKinds{
#define SLUICE_LAYER(kind) #kind,
#include "device/contract/kernel_list.inc"
};

constexpr std::array<std::pair<CurveKind, const char*>, 4> kCurves{{{CurveKind::none, "none"},
                                                                    {CurveKind::hard_sigmoid, "hard_sigmoid"},
                                                                    {CurveKind::hard_swish, "hard_swish"},
                                                                    {CurveKind::other, "other"}}};

constexpr std::array<std::pair<TailKind, const char*>, 3> kTails{
    {{TailKind::softmax, "softmax"}, {TailKind::log_softmax, "log_softmax"}, {TailKind::sigmoid, "sigmoid"}}};

constexpr int kLargestSize = 65536;

// Output size of a window along one axis is free within what ceil_mode and padding allow: the last window must start
// inside the map or its leading padding, and the window must not be larger than the padded map and a stride.
bool window_fits(int input, int output, int kernel, int stride, int pad_before, int pad_after) {
  const auto is_size = [](int value, int least) { return value >= least && value <= kLargestSize; };
  if (!is_size(output, 1) || !is_size(kernel, 1) || !is_size(stride, 1) || !is_size(pad_before, 0) ||
      !is_size(pad_after, 0)) {
    return false;
  }
  const std::int64_t last_start = std::int64_t{output - 1} * stride - pad_before;
  return pad_before < kernel && last_start < input && kernel < input + pad_before + pad_after + stride;
}

Status check_limits_of(const Layer& layer) {
  const MapShape& in = layer.input;
  const MapShape& out = layer.output;
  for (const int size : {in.height, in.width, in.channels, out.height, out.width, out.channels}) {
    if (size < 1 || size > kLargestSize)
      return user_error("layer {}: a size of {} is outside 1..{}", layer.name, size, kLargestSize);
  }
  const Window& w = layer.window;
  const auto hangs_over = [](int size, int windows, int kernel, int stride, int pads) {
    return std::int64_t{windows - 1} * stride + kernel > std::int64_t{size} + pads;
  };
  if (layer_record(layer.kind).windows.get() == Windows::whole &&
      (hangs_over(in.height, out.height, w.kernel_h, w.stride_h, w.pad_top + w.pad_bottom) ||
       hangs_over(in.width, out.width, w.kernel_w, w.stride_w, w.pad_left + w.pad_right))) {
    return user_error("layer {}: its last windows hang over the padded map, as only a pool's may", layer.name);
  }
  if (has_window(layer.kind) && (!window_fits(in.height, out.height, w.kernel_h, w.stride_h, w.pad_top, w.pad_bottom) ||
                                 !window_fits(in.width, out.width, w.kernel_w, w.stride_w, w.pad_left, w.pad_right))) {
    return user_error("layer {}: a {}x{} window does not lead from {}x{} to {}x{}", layer.name, w.kernel_h, w.kernel_w,
                      in.height, in.width, out.height, out.width);
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

Status check_codes(const Layer& layer, const char* what, int bits, int shift, int low, int high) {
  if (shift < 1 || shift > SLUICE_SHIFT_MAX) {
    return user_error("layer {}: {}shift {} is outside 1..{}", layer.name, what, shift, SLUICE_SHIFT_MAX);
  }
  const int limit = (1 << (bits - 1)) - 1;
  if (low < -limit || high > limit || low > high) {
    return user_error("layer {}: {}clamp {}..{} is outside {}..{}", layer.name, what, low, high, -limit, limit);
  }
  return ok();
}

Status check_curve(const Layer& layer) {
  const FusedCurve& curve = layer.curve;
  const bool has_curve = curve.kind != CurveKind::none;
  if (has_curve && !requantises(layer.kind)) {
    return user_error("layer {}: {} makes no pre-activation codes for a {}", layer.name, to_text(layer.kind),
                      to_text(curve.kind));
  }
  const auto counted = [&](const char* what, std::size_t found, std::size_t needed) -> Status {
    if (found == needed) return ok();
    return user_error("layer {}: {} curve {} where {} are needed", layer.name, found, what, needed);
  };
  const std::size_t segments = has_curve ? SLUICE_CURVE_SEGMENTS : 0;
  SLUICE_CHECK(counted("bases", curve.base.size(), segments));
  SLUICE_CHECK(counted("slopes", curve.slope.size(), segments));
  SLUICE_CHECK(counted("multipliers", curve.multiplier.size(),
                       !has_curve           ? 0
                       : layer.bias.empty() ? 1
                                            : layer.bias.size()));
  if (!has_curve) return ok();
  if (!is_scale(curve.scale))
    return user_error("layer {}: a curve scale of {} is not above 0", layer.name, curve.scale);
  if (curve.segment_bits < 0 || curve.segment_bits > kMostSegmentBits) {
    return user_error("layer {}: curve segments of 2^{} codes; 2^0 to 2^{} are possible", layer.name,
                      curve.segment_bits, kMostSegmentBits);
  }
  return check_codes(layer, "curve ", layer.output_bits, curve.shift, curve.clamp_low, curve.clamp_high);
}

Status check_numbers(const Layer& layer) {
  const LayerCounts counts = layer_record(layer.kind).counts.get()(layer);
  const auto wrong = [&](const char* what, std::size_t found, std::int64_t needed) -> Status {
    return user_error("layer {}: {} {} where its shape needs {}", layer.name, found, what, needed);
  };
  if (std::ssize(layer.weights) != counts.weights) return wrong("weights", layer.weights.size(), counts.weights);
  if (std::ssize(layer.bias) != counts.bias) return wrong("bias values", layer.bias.size(), counts.bias);
  if (std::ssize(layer.multiplier) != counts.multipliers) {
    return wrong("multipliers", layer.multiplier.size(), counts.multipliers);
  }
  if (layer.output_bits != 8 && layer.output_bits != 16) {
    return user_error("layer {}: codes of {} bits; 8 and 16 are possible", layer.name, layer.output_bits);
  }
  if (!layer.channel_gain.empty() && std::ssize(layer.channel_gain) != layer.output.channels) {
    return wrong("channel gains", layer.channel_gain.size(), layer.output.channels);
  }
  if (!layer.channel_order.empty()) {
    std::vector<int> sorted = layer.channel_order;
    std::sort(sorted.begin(), sorted.end());
    for (std::size_t c = 0; c < sorted.size(); ++c) {
      if (sorted[c] != static_cast<int>(c))
        return user_error("layer {}: channel_order names a channel that is not there, or one twice", layer.name);
    }
    if (std::ssize(sorted) != layer.output.channels)
      return wrong("channels in channel_order", sorted.size(), layer.output.channels);
  }
  for (const double gain : layer.channel_gain) {
    if (!is_scale(gain)) return user_error("layer {}: a channel gain of {} is not above 0", layer.name, gain);
  }
  if (!is_scale(layer.output_scale)) {
    return user_error("layer {}: an output scale of {} is not above 0", layer.name, layer.output_scale);
  }
  if (layer.sum_bits < 2 || layer.sum_bits > 32)
    return user_error("layer {}: sums of {} bits; 2 to 32 are possible", layer.name, layer.sum_bits);
  for (const std::int32_t bias : layer.bias) {
    if (std::int64_t{bias} >> (layer.sum_bits - 1) != (bias < 0 ? -1 : 0))
      return user_error("layer {}: a bias of {} does not fit sums of {} bits", layer.name, bias, layer.sum_bits);
  }
  const int bits = layer.curve.kind == CurveKind::none ? layer.output_bits : kPreActivationBits;
  if (requantises(layer.kind))
    SLUICE_CHECK(check_codes(layer, "", bits, layer.shift, layer.clamp_low, layer.clamp_high));
  return check_curve(layer);
}

// Layers that pass codes on must not change their width.
Status check_kept_bits(const IntegerNetwork& network, const Layer& layer) {
  if (requantises(layer.kind)) return ok();
  for (const int source : layer.inputs) {
    const int bits = source == kNetworkInput ? network.input_bits : network.layers[source].output_bits;
    if (bits != layer.output_bits) {
      return user_error("layer {}: {} keeps codes as they are, {} bits come in and {} go out", layer.name,
                        to_text(layer.kind), bits, layer.output_bits);
    }
  }
  return ok();
}

}  // namespace

const char* to_text(LayerKind kind) { return kKinds[std::size_t(kind)]; }
int operand_count(LayerKind kind) { return layer_record(kind).operands.get(); }
bool has_window(LayerKind kind) { return layer_record(kind).windows.get() != Windows::none; }
bool requantises(LayerKind kind) { return layer_record(kind).requantises.get(); }

Result<LayerKind> layer_kind_from_text(const std::string& text) {
  const auto found = std::find(kKinds.begin(), kKinds.end(), text);
  if (found != kKinds.end()) return LayerKind(found - kKinds.begin());
  return user_error("layer kind \"{}\" is not known", text);
}

const char* to_text(CurveKind kind) {
  return std::find_if(kCurves.begin(), kCurves.end(), [&](const auto& curve) { return curve.first == kind; })->second;
}

int IntegerNetwork::operand_bits(const Layer& layer) const {
  int bits = 0;
  for (const int source : layer.inputs)
    bits = std::max(bits, source == kNetworkInput ? input_bits : layers[std::size_t(source)].output_bits);
  return bits;
}

Result<CurveKind> curve_kind_from_text(const std::string& text) {
  for (const auto& [kind, name] : kCurves) {
    if (text == name) return kind;
  }
  return user_error("curve \"{}\" is not known", text);
}

const char* to_text(TailKind kind) {
  return std::find_if(kTails.begin(), kTails.end(), [&](const auto& tail) { return tail.first == kind; })->second;
}

Result<TailKind> tail_kind_from_text(const std::string& text) {
  for (const auto& [kind, name] : kTails) {
    if (text == name) return kind;
  }
  return user_error("host tail \"{}\" is not known; softmax, log_softmax and sigmoid are possible", text);
}

double Layer::real_value(std::int64_t code, int channel) const {
  const double scale =
      channel_gain.empty() ? output_scale : output_scale / channel_gain[static_cast<std::size_t>(channel)];
  return static_cast<double>(code) * scale;
}

int Layer::model_channel(int channel) const {
  return channel_order.empty() ? channel : channel_order[static_cast<std::size_t>(channel)];
}

MapShape Layer::operand(std::size_t index) const {
  const auto second = layer_record(kind).second_operand.get();
  return index == 1 && second != nullptr ? second(*this) : input;
}

// Every weight once a pixel.
std::int64_t Layer::macs() const { return output.pixels() * layer_record(kind).counts.get()(*this).weights; }

Status IntegerNetwork::validate() const {
  if (layers.empty()) return user_error("network {}: no layer", name);
  SLUICE_CHECK(check_input(*this));
  std::set<std::string> names;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const Layer& layer = layers[i];
    if (!is_plain_name(layer.name)) return user_error("layer name \"{}\" is not made of [a-z0-9_]", layer.name);
    if (!names.insert(layer.name).second) return user_error("layer name {} stands twice", layer.name);
    if (std::ssize(layer.inputs) != operand_count(layer.kind)) {
      return user_error("layer {}: {} inputs, {} needed", layer.name, layer.inputs.size(), operand_count(layer.kind));
    }
    for (std::size_t operand = 0; operand < layer.inputs.size(); ++operand) {
      const int source = layer.inputs[operand];
      if (source < kNetworkInput || source >= static_cast<int>(i)) {
        return user_error("layer {}: reads layer {}, which does not come before it", layer.name, source);
      }
      const MapShape& produced = source == kNetworkInput ? input : layers[source].output;
      if (!(produced == layer.operand(operand)))
        return user_error("layer {}: its input has another shape than its producer", layer.name);
    }
    SLUICE_CHECK(check_limits_of(layer));
    SLUICE_CHECK(layer_record(layer.kind).check.get()(layer));
    SLUICE_CHECK(check_numbers(layer));
    SLUICE_CHECK(check_kept_bits(*this, layer));
  }
  return check_limits();
}

Status IntegerNetwork::check_limits() const {
  if (layers.empty()) return user_error("network {}: no layer", name);
  for (const Layer& layer : layers) SLUICE_CHECK(check_limits_of(layer));
  if (layers.back().output.height != 1 || layers.back().output.width != 1) {
    return user_error("network {}: the last layer makes a map of {}x{}, a classifier ends with 1x1", name,
                      layers.back().output.height, layers.back().output.width);
  }
  // Whoever ranks codes as they come must rank the model's classes.
  if (!layers.back().channel_gain.empty() || !layers.back().channel_order.empty()) {
    return user_error(
        "network {}: the last layer has channel gains or an order of its own; scores come in the model's order and one "
        "scale",
        name);
  }
  if (!labels.empty() && std::ssize(labels) != classes()) {
    return user_error("network {}: {} labels for {} classes", name, labels.size(), classes());
  }
  for (const std::string& label : labels) {
    if (label.size() > kMostLabelBytes)
      return user_error("network {}: a class name of {} bytes; at most {} are possible", name, label.size(),
                        kMostLabelBytes);
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
