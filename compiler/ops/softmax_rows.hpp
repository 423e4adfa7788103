// SPDX-License-Identifier: Apache-2.0
// What Softmax and LogSoftmax share: which numbers make one row.
//
// Why: before opset 13 a row is the axis with all axes after it. Since then it is the axis alone.
// Before: an axis that exists. After: every row was handed to `work` once.
#pragma once

#include <algorithm>
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

inline Result<std::int64_t> softmax_axis(const Call& call) {
  return normal_axis(call.node.integer("axis", call.opset < 13 ? 1 : -1),
                     std::max<std::int64_t>(1, call.dims(0).size()));
}

inline Result<ir::Dims> softmax_shape(const Call& call) {
  SLUICE_CHECK(softmax_axis(call));
  return call.dims(0);
}

// work(first, length, step) changes a row in place.
template <typename Work>
Result<ir::Tensor> over_softmax_rows(const Call& call, Work work) {
  const std::int64_t axis = SLUICE_TRY(softmax_axis(call));
  ir::Tensor result = call.value(0);
  if (result.is_integer()) return user_error("the input is integer; only float is possible");
  const std::int64_t rank = static_cast<std::int64_t>(result.dims.size());
  std::int64_t outer = 1, length = 1, inner = 1;
  for (std::int64_t i = 0; i < rank; ++i) {
    (i < axis ? outer : i == axis || call.opset < 13 ? length : inner) *= result.dims[i];
  }
  for (std::int64_t row = 0; row < outer * inner && length > 0; ++row) {
    work(result.values.data() + row / inner * length * inner + row % inner, length, inner);
  }
  return result;
}

}  // namespace sluice::ops
