// SPDX-License-Identifier: Apache-2.0
// Unsqueeze: puts dimensions of 1 in.
// Definition: ONNX Unsqueeze-1, -11 (axes is an attribute), -13 (axes is an input); axes count in the result.
// Before: axes are constant. After: the same numbers, higher rank.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims& in = call.dims(0);
  if (call.has(1) && call.opset < 13)
    return user_error("axes is an input since opset 13, the model says {}", call.opset);
  std::vector<std::int64_t> axes = call.node.integers("axes", {});
  if (call.has(1)) axes = SLUICE_TRY(call.integers(1, "axes"));
  if (axes.empty() && !call.has(1)) return user_error("axes is missing");
  if (axes.size() > 8) return user_error("adds {} dimensions", axes.size());
  ir::Dims out(in.size() + axes.size());
  axes = SLUICE_TRY(normal_axes(axes, static_cast<std::int64_t>(out.size())));
  auto next = in.begin();
  for (std::size_t axis = 0; axis < out.size(); ++axis) {
    out[axis] = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) ? 1 : *next++;
  }
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) { return with_dims(call.value(0), out); }

}  // namespace

const Operator& unsqueeze() {
  static const Operator record{.name = "Unsqueeze",
                               .most_inputs = 2,
                               .attributes = {{"axes", AttributeKind::integers, 1, 12}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
