// SPDX-License-Identifier: Apache-2.0
// Window: the geometry of a sliding window, shared by convolution and pooling.
//
// Why: kernel_shape, strides, dilations, pads, auto_pad and ceil_mode interact; five places need the same answer.
// The formulas are those of the ONNX operator text: out = floor or ceil((in + pads - extent) / stride) + 1 with
// extent = (kernel - 1) * dilation + 1; SAME gives out = ceil(in / stride) and splits the missing pads, the odd one at
// the end (UPPER) or the beginning (LOWER). With ceil_mode a last window that would start behind the data is dropped,
// as later ONNX texts and every framework do.
//
// Before: a call with an input of rank 4 (or 3, seen as height 1). After: all extents are positive and fit the map.
#pragma once

#include <array>
#include <vector>

#include "compiler/ops/op.hpp"

namespace sluice::ops {

struct Window {
  // [0] is height, [1] is width.
  std::array<std::int64_t, 2> in{1, 1};
  std::array<std::int64_t, 2> out{1, 1};
  std::array<std::int64_t, 2> kernel{1, 1};
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 2> pad_begin{0, 0};
  std::array<std::int64_t, 2> pad_end{0, 0};

  // The result's dimensions for `channels`, of the input's rank.
  ir::Dims result(const ir::Dims& input, std::int64_t channels) const;
};

// `kernel` as the weights say (convolution), or empty to read kernel_shape (pooling).
Result<Window> window_of(const Call& call, std::vector<std::int64_t> kernel);

// Strides, dilations and pads positive, auto_pad one of the four words, not mixed with pads.
Status accept_window(const ir::Node& node, int opset);

// The attribute rules all windowed operators share, before their own.
std::vector<AttributeRule> window_attributes(std::vector<AttributeRule> own);

}  // namespace sluice::ops
