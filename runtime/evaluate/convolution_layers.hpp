// SPDX-License-Identifier: Apache-2.0
// Convolutions, ungrouped and depthwise, packed for the kernels (see layer.hpp).
#pragma once

#include "runtime/evaluate/layer.hpp"

namespace sluice::evaluate {

std::shared_ptr<const PreparedLayer> prepare_convolution(const Layer& layer, Element input,
                                                         const Thresholds& thresholds, const Kernels& kernels,
                                                         const PreparedLayer* before);
std::shared_ptr<const PreparedLayer> prepare_depthwise(const Layer& layer, Element input, const Kernels& kernels);

}  // namespace sluice::evaluate
