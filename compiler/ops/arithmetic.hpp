// SPDX-License-Identifier: Apache-2.0
// Add, Sub, Mul, Div and Sum share one definition: broadcast both operands, combine element by element.
//
// Why apart: the four records differ in one expression. Integer operands stay exact and wrap like their type, which
// shape arithmetic (Shape, Gather, Mul, Concat, Reshape) needs.
//
// Before: operands of one kind. After: a tensor of the broadcast shape.
#pragma once

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

Result<ir::Dims> arithmetic_shape(const Call& call);

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

}  // namespace sluice::ops
