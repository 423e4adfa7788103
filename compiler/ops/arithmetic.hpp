// SPDX-License-Identifier: Apache-2.0
// Add, Sub, Mul and Div share one definition: broadcast both operands, combine element by element. Sum, Min and Max
// take any number of operands, two at a time.
//
// Why apart: the records differ in one expression. Integer operands stay exact and wrap like their type, which
// shape arithmetic (Shape, Gather, Mul, Concat, Reshape) needs.
//
// Before: operands of one kind. After: a tensor of the broadcast shape.
#pragma once

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

Result<ir::Dims> arithmetic_shape(const Call& call);
// The shape that all operands broadcast to.
Result<ir::Dims> joint_shape(const Call& call);

template <typename Combine>
Result<ir::Tensor> combine(const ir::Tensor& a, const ir::Tensor& b, const ir::Dims& out, Combine combine) {
  if (a.is_integer() != b.is_integer()) return user_error("one operand is integer, the other float");
  ir::Tensor result = empty_like(out, a.type);
  if (!a.is_integer() && a.dims == b.dims) {
    for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] = combine(a.values[i], b.values[i]);
    return result;
  }
  // The right operand first finds its place in the result, then the left one walks along.
  const ir::Tensor right = take(b, out, broadcast_strides(b.dims, out), 0);
  const ir::Dims left_strides = broadcast_strides(a.dims, out);
  if (a.is_integer()) {
    for_each_index(out, left_strides, 0, [&](std::int64_t to, std::int64_t from) {
      result.integers[to] = wrap(combine(a.integers[from], right.integers[to]), a.type);
    });
  } else {
    for_each_index(out, left_strides, 0, [&](std::int64_t to, std::int64_t from) {
      result.values[to] = combine(a.values[from], right.values[to]);
    });
  }
  return result;
}

template <typename Combine>
Result<ir::Tensor> combine_all(const Call& call, Combine pair) {
  ir::Tensor result = call.value(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const ir::Dims out = SLUICE_TRY(broadcast(result.dims, call.dims(i)));
    result = SLUICE_TRY(combine(result, call.value(i), out, pair));
  }
  return result;
}

}  // namespace sluice::ops
