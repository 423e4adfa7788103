// SPDX-License-Identifier: Apache-2.0
// Pad: a border around the tensor; passes/fold_pad moves it into the window that reads it.
// Definition: ONNX Pad-2 (pads and value are attributes), -11, -13 (inputs), -18 (axes). Negative pads cut off.
// Modes constant, edge and reflect run in float; only constant can reach the device.
// Before: pads are constant. After: each axis is longer by its two pads.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  const std::string mode = node.text("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect") {
    return user_error("mode is \"{}\"; possible are constant, edge and reflect", mode);
  }
  return ok();
}

// Begin and end of every axis.
Result<std::vector<std::int64_t>> pads_of(const Call& call) {
  const std::size_t rank = call.dims(0).size();
  if (call.has(3) && call.opset < 18)
    return user_error("axes is an input since opset 18, the model says {}", call.opset);
  std::vector<std::int64_t> stated = call.node.integers("pads", {});
  if (call.opset >= 11) stated = SLUICE_TRY(call.integers(1, "pads"));
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  if (call.has(3)) axes = SLUICE_TRY(call.integers(3, "axes"));
  SLUICE_CHECK(normal_axes(axes, static_cast<std::int64_t>(rank)));
  if (stated.size() != 2 * axes.size()) {
    return user_error("pads has {} numbers, {} axes need {}", stated.size(), axes.size(), 2 * axes.size());
  }
  std::vector<std::int64_t> pads(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::int64_t axis = SLUICE_TRY(normal_axis(axes[i], static_cast<std::int64_t>(rank)));
    pads[axis] = stated[i];
    pads[rank + axis] = stated[axes.size() + i];
  }
  return pads;
}

Result<ir::Dims> shape_rule(const Call& call) {
  const std::vector<std::int64_t> pads = SLUICE_TRY(pads_of(call));
  ir::Dims out = call.dims(0);
  for (std::size_t axis = 0; axis < out.size(); ++axis) {
    const std::int64_t before = pads[axis], after = pads[out.size() + axis];
    for (std::int64_t each : {before, after}) {
      if (each < -ir::kMaxElements || each > ir::kMaxElements) return user_error("a pad is {}", each);
    }
    const std::int64_t most = call.node.text("mode", "constant") == "reflect" ? out[axis] - 1 : ir::kMaxElements;
    if (std::max(before, after) > most || out[axis] + before + after < 0) {
      return user_error("pads of {} and {} do not fit an axis of {}", before, after, out[axis]);
    }
    out[axis] += before + after;
  }
  return out;
}

// Where the number at `at` of the padded axis comes from; -1 for the border.
std::int64_t source(std::int64_t at, std::int64_t length, const std::string& mode) {
  if (at >= 0 && at < length) return at;
  if (mode == "constant" || length == 0) return -1;
  if (mode == "edge") return at < 0 ? 0 : length - 1;
  return at < 0 ? -at : 2 * (length - 1) - at;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const std::vector<std::int64_t> pads = SLUICE_TRY(pads_of(call));
  const ir::Tensor& data = call.value(0);
  const std::string mode = call.node.text("mode", "constant");
  const bool has_value = call.opset >= 11 && call.has(2) && call.value(2).size() == 1;
  const float fill = has_value ? call.value(2).at(0) : call.node.real("value", 0.0f);
  const ir::Dims own = strides_of(data.dims), strides = strides_of(out);
  ir::Tensor result = empty_like(out, data.type);
  for (std::int64_t to = 0; to < result.size(); ++to) {
    std::int64_t from = 0;
    for (std::size_t axis = 0; axis < out.size() && from >= 0; ++axis) {
      const std::int64_t at = source(to / strides[axis] % out[axis] - pads[axis], data.dims[axis], mode);
      from = at < 0 ? -1 : from + at * own[axis];
    }
    if (data.is_integer()) {
      result.integers[to] = from < 0 ? static_cast<std::int64_t>(fill) : data.integers[from];
    } else {
      result.values[to] = from < 0 ? fill : data.values[from];
    }
  }
  return result;
}

}  // namespace

const Operator& pad() {
  static const Operator record{.name = "Pad",
                               .most_inputs = 4,
                               .attributes = {{"mode", AttributeKind::text},
                                              {"pads", AttributeKind::integers, 1, 10},
                                              {"value", AttributeKind::real, 1, 10}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
