// SPDX-License-Identifier: Apache-2.0
// Codes of a convolution's weights and biases, and the bound on its sums.
//
// Before: weights in ONNX order [filter][channel per group][kernel y][kernel x]. After: see FilterCodes.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice {

struct FilterCodes {
  std::vector<std::int16_t> weights;  // order of Layer::weights
  std::vector<std::int32_t> bias;     // in units of input_scale * scale[filter]
  std::vector<double> scale;          // per filter: real weight = code * scale
  double largest_sum = 0;             // no |sum| can exceed it
};

// `largest_input` is the largest input code; `weight_bits` counts the sign. A filter's scale is its largest weight's,
// or larger where its bias would need more than 24 bits.
FilterCodes filter_codes(const ir::Tensor& weights, const std::vector<double>& bias, double input_scale,
                         int largest_input, int weight_bits, bool is_depthwise);

// Share of the output's mean that rounding the weights moved, per filter: sum over taps and channels of
// (rounded weight - weight) * mean of the input channel. Padding is ignored.
std::vector<double> mean_shift(const ir::Tensor& weights, const FilterCodes& codes,
                               const std::vector<double>& channel_means, bool is_depthwise);

}  // namespace sluice
