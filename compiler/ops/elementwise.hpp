// SPDX-License-Identifier: Apache-2.0
// Operators that map each number on its own: Relu, Sigmoid, HardSigmoid, HardSwish.
//
// Why apart: their records differ in one expression; shape rule and loop are here.
// Before: an input of any shape. After: the same shape.
#pragma once

#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

inline Result<ir::Dims> same_shape(const Call& call) { return call.dims(0); }

template <typename Function>
Result<ir::Tensor> map_values(const ir::Tensor& input, Function function) {
  if (input.is_integer()) return user_error("the input is integer; only float is possible");
  ir::Tensor result = input;
  for (float& value : result.values) value = function(value);
  return result;
}

}  // namespace sluice::ops
