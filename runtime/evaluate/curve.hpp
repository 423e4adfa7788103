// SPDX-License-Identifier: Apache-2.0
// The curve after a layer's requantisation, from a map of pre-activation codes to the stored map.
//
// Why in a pass of its own: a map lies in the nearest cache, a look-up of a line costs little compared with its
// convolution, and no kernel needs a second form. Arithmetic: device/contract/numbers.h, as curve_value() of
// runtime/bundle/layers, then the requantisation of all layers.
//
// Before: the layer has a curve, `codes` holds its pre-activation codes. After: `out` holds its output codes.
#pragma once

#include "runtime/evaluate/layer.hpp"

namespace sluice::evaluate {

void apply_curve(const Layer& layer, const Kernels& kernels, const StoredMap& codes, const StoredMap& out);

}  // namespace sluice::evaluate
