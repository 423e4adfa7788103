// SPDX-License-Identifier: Apache-2.0
// What Min and Max share: any number of operands that broadcast, taken two at a time.
//
// Before: `choose` returns one of two numbers. After: the shape that all operands broadcast to.
#pragma once

#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {

inline Result<ir::Dims> extreme_shape(const Call& call) {
  ir::Dims out = call.dims(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    out = SLUICE_TRY(broadcast(out, call.dims(i)));
  }
  return out;
}

template <typename Choose>
Result<ir::Tensor> extreme(const Call& call, Choose choose) {
  ir::Tensor result = call.value(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const ir::Dims out = SLUICE_TRY(broadcast(result.dims, call.dims(i)));
    result = SLUICE_TRY(combine(result, call.value(i), out, choose));
  }
  return result;
}

}  // namespace sluice::ops
