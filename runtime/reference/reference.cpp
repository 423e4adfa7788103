// SPDX-License-Identifier: Apache-2.0
// One function per layer kind, each the definition written out.
#include "runtime/reference/reference.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "device/contract/numbers.h"
#include "runtime/reference/reference_layer.hpp"

namespace sluice {
namespace {

// Reads a map at (y, x, c); positions outside are padding.
// `threshold`: smaller magnitudes read as 0 (only where a convolution reads).
struct View {
  const Map& map;
  const MapShape& shape;
  int threshold = 0;

  bool has(int y, int x) const { return y >= 0 && y < shape.height && x >= 0 && x < shape.width; }
  std::int32_t at(int y, int x, int c) const {
    const std::int32_t code = map[(std::size_t(y) * shape.width + x) * shape.channels + c];
    return std::abs(code) < threshold ? 0 : code;
  }
};

// Calls fn(tap_y, tap_x, y, x) for every tap of the window at output pixel (oy, ox), padding included.
template <typename Fn>
void for_each_tap(const Window& w, int oy, int ox, Fn fn) {
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    for (int kx = 0; kx < w.kernel_w; ++kx) {
      fn(ky, kx, oy * w.stride_h - w.pad_top + ky, ox * w.stride_w - w.pad_left + kx);
    }
  }
}

// Weights as a row leaves them: small ones, and those outside the prefix, are 0.
std::vector<std::int16_t> weights_of_row(const Layer& layer, const Thresholds& thresholds) {
  std::vector<std::int16_t> weights = prefix_weights(layer, thresholds.prefix);
  for (std::int16_t& weight : weights)
    if (std::abs(weight) < thresholds.weight) weight = 0;
  return weights;
}

std::int32_t conv_sum(const Layer& layer, const View& in, const std::vector<std::int16_t>& weights, int oy, int ox,
                      int filter) {
  const Window& w = layer.window;
  std::int32_t sum = layer.bias[filter];
  for_each_tap(w, oy, ox, [&](int ky, int kx, int y, int x) {
    if (!in.has(y, x)) return;
    const std::size_t row = ((std::size_t(filter) * w.kernel_h + ky) * w.kernel_w + kx) * layer.input.channels;
    for (int c = 0; c < layer.input.channels; ++c) sum += in.at(y, x, c) * weights[row + c];
  });
  return sum;
}

std::int32_t depthwise_sum(const Layer& layer, const View& in, int oy, int ox, int channel) {
  const Window& w = layer.window;
  std::int32_t sum = layer.bias[channel];
  for_each_tap(w, oy, ox, [&](int ky, int kx, int y, int x) {
    if (!in.has(y, x)) return;
    sum += in.at(y, x, channel) * layer.weights[(std::size_t(ky) * w.kernel_w + kx) * layer.output.channels + channel];
  });
  return sum;
}

std::int32_t window_maximum(const Layer& layer, const View& in, int oy, int ox, int channel) {
  std::int32_t largest = std::numeric_limits<std::int32_t>::min();
  for_each_tap(layer.window, oy, ox, [&](int, int, int y, int x) {
    if (in.has(y, x)) largest = std::max(largest, in.at(y, x, channel));
  });
  return largest;
}

std::int32_t window_sum(const Layer& layer, const View& in, int oy, int ox, int channel) {
  std::int32_t sum = 0;
  for_each_tap(layer.window, oy, ox, [&](int, int, int y, int x) {
    if (in.has(y, x)) sum += in.at(y, x, channel);
  });
  return sum;
}

std::int32_t map_sum(const View& in, int channel) {
  std::int32_t sum = 0;
  for (int y = 0; y < in.shape.height; ++y) {
    for (int x = 0; x < in.shape.width; ++x) sum += in.at(y, x, channel);
  }
  return sum;
}

// The code before the fused curve.
std::int32_t element(const Layer& layer, const View& a, const View& b, const std::vector<std::int16_t>& weights, int oy,
                     int ox, int channel) {
  const auto requantised = [&](std::int32_t sum, std::size_t multiplier) {
    return sluice_requantise(sum, layer.multiplier[multiplier], layer.shift, layer.clamp_low, layer.clamp_high);
  };
  switch (layer.kind) {
    case LayerKind::conv:
      return requantised(conv_sum(layer, a, weights, oy, ox, channel), channel);
    case LayerKind::depthwise:
      return requantised(depthwise_sum(layer, a, oy, ox, channel), channel);
    case LayerKind::max_pool:
      return window_maximum(layer, a, oy, ox, channel);
    case LayerKind::average_pool:
      return requantised(window_sum(layer, a, oy, ox, channel), 0);
    case LayerKind::global_average_pool:
      return requantised(map_sum(a, channel), 0);
    case LayerKind::add:
      return sluice_add(a.at(oy, ox, channel), layer.multiplier[0], b.at(oy, ox, channel), layer.multiplier[1],
                        layer.shift, layer.clamp_low, layer.clamp_high);
    case LayerKind::scale:
      return requantised(a.at(oy, ox, channel) * b.at(0, 0, channel), 0);
    case LayerKind::concat:
      return channel < a.shape.channels ? a.at(oy, ox, channel) : b.at(oy, ox, channel - a.shape.channels);
  }
  return 0;
}

}  // namespace

std::int32_t behind_curve(const Layer& layer, std::int32_t code) {
  const FusedCurve& c = layer.curve;
  if (c.kind == CurveKind::none) return code;
  if (layer.output_bits == 8) return c.table[std::size_t(code & (SLUICE_CURVE_TABLE_CODES - 1))];
  const auto formula = c.kind == CurveKind::hard_swish ? sluice_hard_swish : sluice_hard_sigmoid;
  return formula(code, c.slope, c.offset, c.multiplier, c.shift, c.clamp_low, c.clamp_high);
}

Map reference_layer(const Layer& layer, const Map& a, const Map& b, const Thresholds& thresholds) {
  const MapShape first = layer.operand(0), second = layer.operand(1);
  const View left{a, first, thresholds.activation};
  const View right{b, second, 0};
  const std::vector<std::int16_t> weights =
      layer.kind == LayerKind::conv ? weights_of_row(layer, thresholds) : std::vector<std::int16_t>{};
  Map out;
  out.reserve(std::size_t(layer.output.size()));
  for (int oy = 0; oy < layer.output.height; ++oy) {
    for (int ox = 0; ox < layer.output.width; ++ox) {
      for (int c = 0; c < layer.output.channels; ++c) {
        out.push_back(behind_curve(layer, element(layer, left, right, weights, oy, ox, c)));
      }
    }
  }
  return out;
}

std::vector<Map> run_reference(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                               const std::vector<Thresholds>& thresholds) {
  const Map input(codes.begin(), codes.end());
  std::vector<Map> maps;
  maps.reserve(network.layers.size());
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const auto map_of = [&](int source) -> const Map& {
      return source == kNetworkInput ? input : maps[std::size_t(source)];
    };
    // Only convolutions obey thresholds.
    const Thresholds of_layer = layer.kind == LayerKind::conv && !thresholds.empty() ? thresholds[i] : Thresholds{};
    maps.push_back(reference_layer(layer, map_of(layer.inputs[0]), map_of(layer.inputs.back()), of_layer));
  }
  return maps;
}

std::vector<std::int32_t> reference_scores(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                                           const std::vector<Thresholds>& thresholds) {
  return run_reference(network, codes, thresholds).back();
}

}  // namespace sluice
