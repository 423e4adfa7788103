// SPDX-License-Identifier: Apache-2.0
// OutputPlace: what one output code of a layer is made of, in the words of its definition.
//
// Why: each kind of layer defines its codes in one function (layers/<kind>.cpp). The plain reference runs that function
// for every code of every map, so it must be obviously right: loops from the formulas of device/contract/numbers.h, no
// rearrangement.
//
// Before: a valid layer and its operands' maps. After: nothing is changed.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <vector>

#include "device/contract/numbers.h"
#include "runtime/bundle/network.hpp"

namespace sluice {

// A computed map: NHWC codes.
using Map = std::vector<std::int32_t>;

// Reads a map at (y, x, c); positions outside are padding.
struct MapView {
  const Map& map;
  MapShape shape;
  int threshold = 0;  // smaller magnitudes read as 0 (only where a convolution reads)

  bool has(int y, int x) const { return y >= 0 && y < shape.height && x >= 0 && x < shape.width; }
  std::int32_t at(int y, int x, int c) const {
    const std::int32_t code = map[(std::size_t(y) * shape.width + x) * shape.channels + c];
    return std::abs(code) < threshold ? 0 : code;
  }
};

struct OutputPlace {
  const Layer& layer;
  const MapView& a;
  const MapView& b;                          // the second operand of a join
  const std::vector<std::int16_t>& weights;  // of a convolution, as the row's thresholds leave them
  int y = 0, x = 0, channel = 0;

  // Calls fn(tap_y, tap_x, y, x) for every tap of the window that is on the map.
  template <typename Fn>
  void for_each_tap(Fn fn) const {
    const Window& w = layer.window;
    for (int ky = 0; ky < w.kernel_h; ++ky) {
      for (int kx = 0; kx < w.kernel_w; ++kx) {
        const int in_y = y * w.stride_h - w.pad_top + ky, in_x = x * w.stride_w - w.pad_left + kx;
        if (a.has(in_y, in_x)) fn(ky, kx, in_y, in_x);
      }
    }
  }
};

// The code that a layer's requantisation makes of a sum with one of its multipliers.
inline std::int32_t requantised(const Layer& layer, std::int32_t sum, std::size_t multiplier = 0) {
  return sluice_requantise(sum, layer.multiplier[multiplier], layer.shift, layer.clamp_low, layer.clamp_high);
}

// What the line of a curve's segment has at a pre-activation code, in units of its own.
std::int32_t curve_value(const FusedCurve& curve, std::int32_t code);
// The output code of a layer whose requantisation made `code`: after the fused curve, where there is one.
std::int32_t after_curve(const Layer& layer, std::int32_t code, int channel);

}  // namespace sluice
