// SPDX-License-Identifier: Apache-2.0
// One layer of the plain reference.
#pragma once

#include "runtime/reference/reference.hpp"

namespace sluice {

// The layer's output map; `b` is the second operand of a join and ignored otherwise.
Map reference_layer(const Layer& layer, const Map& a, const Map& b, const Thresholds& thresholds);

}  // namespace sluice
