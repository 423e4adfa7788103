// SPDX-License-Identifier: Apache-2.0
// Window: the geometry of a sliding window, shared by convolution and pooling.
//
// Why: kernel_shape, strides, dilations, pads, auto_pad and ceil_mode interact; five places need the same answer.
// The formulas are those of the ONNX operator text: out = floor or ceil((in + pads - extent) / stride) + 1 with extent
// = (kernel - 1) * dilation + 1. SAME gives out = ceil(in / stride) and splits the missing pads, the odd one at the end
// (UPPER) or the beginning (LOWER). With ceil_mode a last window that would start after the data is dropped, as later
// ONNX texts and every framework do.
//
// Pictures have height and width. A row of rank 3 is seen as height 1. A volume of rank 5 has a depth before them.
// Volumes are for the plain loops of the operators' definitions: neither FastConv nor the device has them.
//
// Before: a call with an input of rank 3 to 5. After: all extents are positive and fit the map.
#pragma once

#include <array>
#include <vector>

#include "compiler/ops/op.hpp"

namespace sluice::ops {

struct Window {
  // [0] is height, [1] is width, [2] is depth.
  using Extent = std::array<std::int64_t, 3>;
  Extent in{1, 1, 1};
  Extent out{1, 1, 1};
  Extent kernel{1, 1, 1};
  Extent stride{1, 1, 1};
  Extent dilation{1, 1, 1};
  Extent pad_begin{0, 0, 0};
  Extent pad_end{0, 0, 0};

  // The result's dimensions for `channels`, of the input's rank.
  ir::Dims result(const ir::Dims& input, std::int64_t channels) const;
  std::int64_t pixels() const { return in[0] * in[1] * in[2]; }

  // visit(at): each window by its place in the output, in the output's order.
  template <typename Visit>
  void for_each_window(Visit visit) const {
    for (std::int64_t z = 0; z < out[2]; ++z) {
      for (std::int64_t y = 0; y < out[0]; ++y) {
        for (std::int64_t x = 0; x < out[1]; ++x) visit(Extent{y, x, z});
      }
    }
  }

  // visit(pixel, tap): each tap of the window `at` that lies on the map, as positions in map and kernel.
  template <typename Visit>
  void for_each_tap(const Extent& at, Visit visit) const {
    for (std::int64_t kz = 0; kz < kernel[2]; ++kz) {
      const std::int64_t z = at[2] * stride[2] - pad_begin[2] + kz * dilation[2];
      if (z < 0 || z >= in[2]) continue;
      for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
        const std::int64_t y = at[0] * stride[0] - pad_begin[0] + ky * dilation[0];
        if (y < 0 || y >= in[0]) continue;
        for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
          const std::int64_t x = at[1] * stride[1] - pad_begin[1] + kx * dilation[1];
          if (x >= 0 && x < in[1]) visit((z * in[0] + y) * in[1] + x, (kz * kernel[0] + ky) * kernel[1] + kx);
        }
      }
    }
  }
};

// `kernel` as the weights say (convolution), or empty to read kernel_shape (pooling).
Result<Window> window_of(const Call& call, std::vector<std::int64_t> kernel);

// Strides, dilations and pads positive, auto_pad one of the four words, not mixed with pads.
Status accept_window(const ir::Node& node, int opset);

// The attribute rules all windowed operators share, before their own.
std::vector<AttributeRule> window_attributes(std::vector<AttributeRule> own);

}  // namespace sluice::ops
