// SPDX-License-Identifier: Apache-2.0
// The record of depthwise convolutions: every channel meets one filter of its own.
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

LayerCounts counts(const Layer& layer) {
  const int channels = layer.output.channels;
  return {layer.window.taps() * channels, channels, channels};
}

std::int32_t code(const OutputPlace& at) {
  const Layer& layer = at.layer;
  std::int32_t sum = layer.bias[at.channel];
  at.for_each_tap([&](int ky, int kx, int y, int x) {
    const std::size_t tap = std::size_t(ky) * layer.window.kernel_w + kx;
    sum += at.a.at(y, x, at.channel) * layer.weights[tap * layer.output.channels + at.channel];
  });
  return requantised(layer, sum, at.channel);
}

}  // namespace

const LayerRecord& depthwise_layer() {
  static const LayerRecord record{
      .operands = 1,
      .windows = Windows::whole,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 0,
      .counts = counts,
      .second_operand = nullptr,
      .check = check_kept_channels,
      .code = code,
      .kernel_numbers = nullptr,
  };
  return record;
}

}  // namespace sluice
