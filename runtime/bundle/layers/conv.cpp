// SPDX-License-Identifier: Apache-2.0
// The record of convolutions: every filter meets all channels of a window. Several engines compute them.
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

LayerCounts counts(const Layer& layer) {
  const int filters = layer.output.channels;
  return {layer.window.taps() * layer.input.channels * filters, filters, filters};
}

// Any number of filters.
Status check(const Layer&) { return ok(); }

std::int32_t code(const OutputPlace& at) {
  const Window& w = at.layer.window;
  std::int32_t sum = at.layer.bias[at.channel];
  at.for_each_tap([&](int ky, int kx, int y, int x) {
    const std::size_t row = ((std::size_t(at.channel) * w.kernel_h + ky) * w.kernel_w + kx) * at.layer.input.channels;
    for (int c = 0; c < at.layer.input.channels; ++c) sum += at.a.at(y, x, c) * at.weights[row + c];
  });
  return requantised(at.layer, sum, at.channel);
}

}  // namespace

const LayerRecord& conv_layer() {
  static const LayerRecord record{
      .operands = 1,
      .windows = Windows::whole,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 0,
      .counts = counts,
      .second_operand = nullptr,
      .check = check,
      .code = code,
      .kernel_numbers = nullptr,
  };
  return record;
}

}  // namespace sluice
