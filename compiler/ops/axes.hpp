// SPDX-License-Identifier: Apache-2.0
// Axes, broadcasting and data movement: what many operators' definitions share.
//
// Why: ONNX counts negative axes from the end and aligns broadcast shapes on the right, everywhere alike. A dozen
// operators only move numbers. Written once, each such operator is a rule "which source index".
//
// Before: dims with no negative entry. After: results within the bounds of the given dims, or an error.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"

namespace sluice::ops {

// axis in [-rank, rank) to [0, rank).
Result<std::int64_t> normal_axis(std::int64_t axis, std::int64_t rank);

// The same for a list without repetition, sorted.
Result<std::vector<std::int64_t>> normal_axes(const std::vector<std::int64_t>& axes, std::int64_t rank);

// The shape two operands broadcast to.
Result<ir::Dims> broadcast(const ir::Dims& a, const ir::Dims& b);

// Row-major strides of `dims`.
ir::Dims strides_of(const ir::Dims& dims);

// Strides of `dims` seen as broadcast to `out`: 0 along stretched axes.
ir::Dims broadcast_strides(const ir::Dims& dims, const ir::Dims& out);

// Calls visit(position, sources...) for all positions of `out` in order, where sources[i] = offset + sum of index *
// strides[i]. The innermost loop is plain, so that long rows cost little.
template <typename Visit>
void for_each_index(const ir::Dims& out, const ir::Dims& strides, std::int64_t offset, Visit visit) {
  const std::int64_t count = ir::element_count(out);
  if (count == 0) return;
  if (out.empty()) {
    visit(std::int64_t{0}, offset);
    return;
  }
  const std::int64_t row = out.back(), step = strides.back();
  ir::Dims index(out.size(), 0);
  for (std::int64_t position = 0; position < count; position += row) {
    for (std::int64_t x = 0; x < row; ++x) visit(position + x, offset + x * step);
    for (std::int64_t axis = static_cast<std::int64_t>(out.size()) - 2; axis >= 0; --axis) {
      offset += strides[axis];
      if (++index[axis] < out[axis]) break;
      offset -= strides[axis] * out[axis];
      index[axis] = 0;
    }
  }
}

// A tensor of `out` whose element p is (numbers only) source[offset + index(p) * strides], of the source's type.
ir::Tensor take(const ir::Tensor& source, const ir::Dims& out, const ir::Dims& strides, std::int64_t offset);

// The same numbers under other dimensions.
ir::Tensor with_dims(const ir::Tensor& source, const ir::Dims& out);

// A result of `out` to be filled, holding the kind of element that `type` says.
ir::Tensor empty_like(const ir::Dims& out, ir::ElementType type);

// An integer wrapped into the range of its type, as two's complement arithmetic does.
std::int64_t wrap(std::int64_t value, ir::ElementType type);

}  // namespace sluice::ops
