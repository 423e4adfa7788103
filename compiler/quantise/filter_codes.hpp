// SPDX-License-Identifier: Apache-2.0
// Codes of a convolution's weights and biases, and the bound on its sums.
//
// Why a filter's scale is more than its largest weight: it must also keep every sum, the bias among it, below the
// limit, and be what the device can multiply with. A 16-bit multiplier over the layer's common shift is coarse
// for filters much smaller than the layer's largest; rounding it would change the gain of the whole filter. So scales
// are chosen on the grid of the multipliers: the multiplier is exact, and only weights are rounded.
//
// The bound: a weight adds at most max(w * low, w * high) and at least min(w * low, w * high) for input codes
// low..high, low <= 0 <= high. The sum of the one kind, or of the other, plus the bias bounds every sum and every
// partial sum.
//
// Before: weights in ONNX order [filter][channel per group][kernel y][kernel x]. After: see FilterCodes; every filter's
// bound is below 2^limit_bits.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/code_range.hpp"
#include "runtime/base/status.hpp"

namespace sluice {

// What the weights of a layer meet.
struct FilterSurroundings {
  double input_scale = 1;
  CodeRange input;  // codes that can occur, 0 among them
  double output_scale = 1;
  int weight_bits = 8;  // at most, sign included
  int limit_bits = 26;
  bool is_depthwise = false;
};

struct FilterCodes {
  std::vector<std::int16_t> weights;      // order of Layer::weights
  std::vector<std::int32_t> bias;         // in units of input_scale * scale[filter]
  std::vector<double> scale;              // per filter: real weight = code * scale
  std::vector<std::uint16_t> multiplier;  // scale * input_scale / output_scale * 2^shift, exactly
  int shift = 0;
  double largest_sum = 0;     // no |sum| can exceed it
  int least_weight_bits = 0;  // kept by the filter that keeps fewest, sign included; empty filters do not count
};

Result<FilterCodes> filter_codes(const ir::Tensor& weights, const std::vector<double>& bias,
                                 const FilterSurroundings& around);

// Bits that the proof leaves to the filter that keeps fewest, at most around.weight_bits. Biases are left out: a filter
// whose bias dwarfs its weights loses weight bits that its output would not show.
int provable_weight_bits(const ir::Tensor& weights, const FilterSurroundings& around);

// Share of the output's mean that rounding the weights moved, per filter: sum over taps and channels of
// (rounded weight - weight) * mean of the input channel. Padding is ignored.
std::vector<double> mean_shift(const ir::Tensor& weights, const FilterCodes& codes,
                               const std::vector<double>& channel_means, bool is_depthwise);

}  // namespace sluice
