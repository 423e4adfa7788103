// SPDX-License-Identifier: Apache-2.0
// The curve after a layer's requantisation, applied to the stored map in place.
//
// Why in a pass of its own: a map lies in the nearest cache, a look-up of bytes costs little compared with its
// convolution, and no kernel needs a second form. Arithmetic: after_curve() of
// runtime/bundle/layers, which is device/contract/numbers.h.
//
// Before: `out` holds the layer's pre-activation codes. After: its output codes. Nothing happens without a curve.
#pragma once

#include "runtime/evaluate/layer.hpp"

namespace sluice::evaluate {

void apply_curve(const Layer& layer, const Kernels& kernels, const StoredMap& out);

}  // namespace sluice::evaluate
