// SPDX-License-Identifier: Apache-2.0
// Axes, broadcasting and data movement (see axes.hpp).
//
// Why apart from the operators: a slip in the treatment of negative axes would otherwise hide in twelve places.
// Before and after: as the header says.
#include "compiler/ops/axes.hpp"

#include <algorithm>

#include "runtime/base/errors.hpp"

namespace sluice::ops {

Result<std::int64_t> normal_axis(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) return user_error("axis {} does not exist in a tensor of rank {}", axis, rank);
  return axis < 0 ? axis + rank : axis;
}

Result<std::vector<std::int64_t>> normal_axes(const std::vector<std::int64_t>& axes, std::int64_t rank) {
  std::vector<std::int64_t> result;
  for (const std::int64_t axis : axes) {
    const std::int64_t normal = SLUICE_TRY(normal_axis(axis, rank));
    result.push_back(normal);
  }
  std::sort(result.begin(), result.end());
  if (std::adjacent_find(result.begin(), result.end()) != result.end()) return user_error("an axis is named twice");
  return result;
}

Result<ir::Dims> broadcast(const ir::Dims& a, const ir::Dims& b) {
  ir::Dims out(std::max(a.size(), b.size()));
  for (std::size_t back = 1; back <= out.size(); ++back) {
    const std::int64_t left = back <= a.size() ? a[a.size() - back] : 1;
    const std::int64_t right = back <= b.size() ? b[b.size() - back] : 1;
    if (left != right && left != 1 && right != 1) {
      return user_error("operands of {} and {} do not fit together", ir::to_text(a), ir::to_text(b));
    }
    out[out.size() - back] = left == 1 ? right : left;
  }
  return out;
}

ir::Dims strides_of(const ir::Dims& dims) {
  ir::Dims strides(dims.size());
  std::int64_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= dims[axis];
  }
  return strides;
}

ir::Dims broadcast_strides(const ir::Dims& dims, const ir::Dims& out) {
  const ir::Dims own = strides_of(dims);
  ir::Dims strides(out.size(), 0);
  for (std::size_t back = 1; back <= dims.size(); ++back) {
    if (dims[dims.size() - back] != 1) strides[out.size() - back] = own[dims.size() - back];
  }
  return strides;
}

ir::Tensor empty_like(const ir::Dims& out, ir::ElementType type) {
  ir::Tensor result;
  result.dims = out;
  result.type = type;
  if (result.is_text()) {
    result.texts.resize(ir::element_count(out));
  } else if (result.is_integer()) {
    result.integers.resize(ir::element_count(out));
  } else {
    result.values.resize(ir::element_count(out));
  }
  return result;
}

ir::Tensor take(const ir::Tensor& source, const ir::Dims& out, const ir::Dims& strides, std::int64_t offset) {
  ir::Tensor result = empty_like(out, source.type);
  if (source.is_integer()) {
    for_each_index(out, strides, offset,
                   [&](std::int64_t to, std::int64_t from) { result.integers[to] = source.integers[from]; });
  } else {
    for_each_index(out, strides, offset,
                   [&](std::int64_t to, std::int64_t from) { result.values[to] = source.values[from]; });
  }
  return result;
}

ir::Tensor with_dims(const ir::Tensor& source, const ir::Dims& out) {
  ir::Tensor result = source;
  result.dims = out;
  return result;
}

std::int64_t wrap(std::int64_t value, ir::ElementType type) {
  switch (type) {
    case ir::ElementType::int32:
      return static_cast<std::int32_t>(value);
    case ir::ElementType::int16:
      return static_cast<std::int16_t>(value);
    case ir::ElementType::int8:
      return static_cast<std::int8_t>(value);
    case ir::ElementType::int4:
      return (value & 15) > 7 ? (value & 15) - 16 : value & 15;
    case ir::ElementType::uint4:
      return value & 15;
    case ir::ElementType::uint32:
      return static_cast<std::uint32_t>(value);
    case ir::ElementType::uint16:
      return static_cast<std::uint16_t>(value);
    case ir::ElementType::uint8:
      return static_cast<std::uint8_t>(value);
    case ir::ElementType::boolean:
      return value != 0;
    default:
      return value;
  }
}

}  // namespace sluice::ops
