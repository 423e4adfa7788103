// SPDX-License-Identifier: Apache-2.0
// What QuantizeLinear and DequantizeLinear share: scale and zero point, one for the tensor or one per channel.
//
// Why apart: both records need the same shape rule and the same way from an element to its channel.
// Before: scale of rank 0, or rank 1 with the length of `axis`. After: `channel(i)` is the index into scale.
#pragma once

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

struct QuantizeAxis {
  std::int64_t inner = 1;     // elements of one step of the axis
  std::int64_t channels = 1;  // 1: one scale for all

  std::int64_t channel(std::int64_t element) const { return channels == 1 ? 0 : element / inner % channels; }
};

inline Status accept_blocks(const ir::Node& node) {
  const std::int64_t size = node.integer("block_size", 0);
  return size == 0
             ? ok()
             : user_error("has a scale for each block of {} numbers; one scale, or one per channel, is possible", size);
}

inline Result<QuantizeAxis> quantize_axis(const Call& call) {
  const ir::Dims &data = call.dims(0), &scale = call.dims(1);
  if (call.has(2) && ir::element_count(call.dims(2)) != ir::element_count(scale)) {
    return user_error("zero point of {} does not fit a scale of {}", ir::to_text(call.dims(2)), ir::to_text(scale));
  }
  if (ir::element_count(scale) == 1) return QuantizeAxis{};
  if (scale.size() != 1) return user_error("the scale is {}", ir::to_text(scale));
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 1), static_cast<std::int64_t>(data.size())));
  if (data[axis] != scale[0]) return user_error("{} scales for an axis of {}", scale[0], data[axis]);
  return QuantizeAxis{ir::element_count({data.begin() + axis + 1, data.end()}), scale[0]};
}

inline Result<ir::Dims> quantize_shape(const Call& call) {
  SLUICE_CHECK(quantize_axis(call));
  return call.dims(0);
}

}  // namespace sluice::ops
