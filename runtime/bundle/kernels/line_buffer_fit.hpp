// SPDX-License-Identifier: Apache-2.0
// What the two line buffers (window.cl, taps.cl) have in common, and the pools that read one, compared with their
// layer.
//
// Before: as for KernelRecord::check. After: nothing is changed.
#pragma once

#include <array>
#include <utility>

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

// Map, window and stride, as a line buffer of the layer has them.
std::array<std::pair<Number, int>, 11> line_buffer_numbers(const Layer& layer);
Status check_line_buffer_shape(const KernelFit& fit);
// The padding code, and all windows on the outputs, REPLAY times.
Status check_line_buffer_output(const KernelFit& fit);
// A pool reads whole windows and keeps the lanes.
Status check_pool(const KernelFit& fit);
// A pool's LayerRecord::kernel_numbers: the taps of a window are its steps.
std::map<Number, int> pool_numbers(const Layer& layer, int lanes, int on_a);

}  // namespace sluice
