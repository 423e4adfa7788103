// SPDX-License-Identifier: Apache-2.0
// The shape rules of element-wise arithmetic (see arithmetic.hpp).
// Before: any operands. After: the shape they broadcast to, or a sentence with both shapes.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {

Result<ir::Dims> arithmetic_shape(const Call& call) { return broadcast(call.dims(0), call.dims(1)); }

Result<ir::Dims> joint_shape(const Call& call) {
  ir::Dims out = call.dims(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    out = SLUICE_TRY(broadcast(out, call.dims(i)));
  }
  return out;
}

}  // namespace sluice::ops
