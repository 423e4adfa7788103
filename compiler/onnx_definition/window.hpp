// SPDX-License-Identifier: Apache-2.0
// Window: kernel, strides, dilations and pads of a convolution or pool, along depth, height and width.
//
// Definition: ONNX Conv-1, -11 and MaxPool-1 to -12, attributes auto_pad, ceil_mode, dilations, kernel_shape, pads,
// strides. With ceil_mode a window that would start beyond the picture and its first pads is not there; without,
// a window may lie in the pads alone.
// Maps of one or two spatial axes have a depth (and height) of 1.
// Before: a map of 1 to 3 spatial axes. After: the size of the result along each axis.
#pragma once

#include <array>

#include "compiler/onnx_definition/definition.hpp"

namespace sluice::definition {

struct Window {
  using Extent = std::array<std::int64_t, 3>;  // depth, height, width
  std::size_t axes = 2;                        // spatial axes of the map
  Extent in{1, 1, 1}, out{1, 1, 1}, kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  Extent pad_begin{}, pad_end{};

  std::int64_t pixels_in() const { return in[0] * in[1] * in[2]; }
  std::int64_t pixels_out() const { return out[0] * out[1] * out[2]; }
  // Batch, channels, and the result's spatial axes.
  Dims result(std::int64_t batch, std::int64_t channels) const;
};

// `kernel`: from the weights; empty for pools, which have kernel_shape.
Result<Window> window_of(const Call& call, const Dims& kernel);

// Taps of window `out` along one axis that lie in the picture: [first, end).
struct Taps {
  std::int64_t first, end;
};
inline Taps taps_of(const Window& w, std::size_t axis, std::int64_t out) {
  const std::int64_t start = out * w.stride[axis] - w.pad_begin[axis], step = w.dilation[axis];
  const std::int64_t first = start < 0 ? (-start + step - 1) / step : 0;
  const std::int64_t room = w.in[axis] - start;  // taps before it are inside
  const std::int64_t end = room <= 0 ? 0 : (room + step - 1) / step;
  return {first, end < w.kernel[axis] ? end : w.kernel[axis]};
}

}  // namespace sluice::definition
