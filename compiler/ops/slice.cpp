// SPDX-License-Identifier: Apache-2.0
// Slice: a range of each axis, with steps.
// Definition: ONNX Slice-1 (ranges are attributes), -10, -11, -13 (ranges are inputs, steps may be negative).
// Before: ranges are constant. After: the chosen entries.
#include <algorithm>
#include <numeric>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

struct Range {
  std::int64_t first, step, length;
};

// Start and end count from the end when negative and are held within what the step can reach.
Range range_of(std::int64_t start, std::int64_t end, std::int64_t step, std::int64_t length) {
  auto place = [&](std::int64_t at) {
    if (at < 0) at += length;
    return step > 0 ? std::clamp(at, std::int64_t{0}, length) : std::clamp(at, std::int64_t{-1}, length - 1);
  };
  const std::int64_t first = place(start), last = place(end);
  const std::int64_t distance = step > 0 ? last - first : first - last;
  const std::int64_t size = std::abs(step);
  return {first, step, distance <= 0 ? 0 : (distance - 1) / size + 1};
}

Result<std::vector<Range>> ranges(const Call& call) {
  const ir::Dims& dims = call.dims(0);
  std::vector<std::int64_t> starts, ends, axes, steps;
  if (call.opset < 10) {
    if (call.has(1)) return user_error("ranges are inputs since opset 10, the model says {}", call.opset);
    starts = call.node.integers("starts", {});
    ends = call.node.integers("ends", {});
    axes = call.node.integers("axes", {});
  } else {
    starts = SLUICE_TRY(call.integers(1, "starts"));
    ends = SLUICE_TRY(call.integers(2, "ends"));
    if (call.has(3)) axes = SLUICE_TRY(call.integers(3, "axes"));
    if (call.has(4)) steps = SLUICE_TRY(call.integers(4, "steps"));
  }
  if (axes.empty()) {
    axes.resize(starts.size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  if (steps.empty()) steps.assign(starts.size(), 1);
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
    return user_error("starts, ends, axes and steps have different lengths");
  }
  SLUICE_CHECK(normal_axes(axes, static_cast<std::int64_t>(dims.size())));
  std::vector<Range> result;
  for (std::int64_t length : dims) result.push_back({0, 1, length});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t axis = SLUICE_TRY(normal_axis(axes[i], static_cast<std::int64_t>(dims.size())));
    if (steps[i] == 0 || steps[i] == std::numeric_limits<std::int64_t>::min())
      return user_error("a step is {}", steps[i]);
    result[axis] = range_of(starts[i], ends[i], steps[i], dims[axis]);
  }
  return result;
}

Result<ir::Dims> shape_rule(const Call& call) {
  ir::Dims out;
  for (const Range& range : SLUICE_TRY(ranges(call))) out.push_back(range.length);
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Dims own = strides_of(call.dims(0));
  ir::Dims strides;
  std::int64_t offset = 0;
  for (const Range& range : SLUICE_TRY(ranges(call))) {
    // A range of one entry needs no step, and its step may be too large to multiply.
    strides.push_back(range.length > 1 ? own[strides.size()] * range.step : 0);
    offset += range.length > 0 ? own[strides.size() - 1] * range.first : 0;
  }
  return take(call.value(0), out, strides, offset);
}

}  // namespace

const Operator& slice() {
  static const Operator record{.name = "Slice",
                               .most_inputs = 5,
                               .attributes = {{"axes", AttributeKind::integers, 1, 9},
                                              {"ends", AttributeKind::integers, 1, 9},
                                              {"starts", AttributeKind::integers, 1, 9}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
