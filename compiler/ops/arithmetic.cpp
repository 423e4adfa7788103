// SPDX-License-Identifier: Apache-2.0
// The shape rule of element-wise arithmetic (see arithmetic.hpp).
// Before: any two operands. After: the shape they broadcast to, or a sentence with both shapes.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {

Result<ir::Dims> arithmetic_shape(const Call& call) { return broadcast(call.dims(0), call.dims(1)); }

}  // namespace sluice::ops
