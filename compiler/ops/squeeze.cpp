// SPDX-License-Identifier: Apache-2.0
// Squeeze: drops dimensions of 1.
// Definition: ONNX Squeeze-1, -11 (axes is an attribute), -13 (axes is an input); without axes all of them.
// Before: the named dimensions are 1. After: the same numbers, lower rank.
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
  const bool all = axes.empty() && !call.has(1);
  if (call.has(1)) axes = SLUICE_TRY(call.integers(1, "axes"));
  axes = SLUICE_TRY(normal_axes(axes, static_cast<std::int64_t>(in.size())));
  ir::Dims out;
  for (std::size_t axis = 0; axis < in.size(); ++axis) {
    const bool named = std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(axis));
    if (named && in[axis] != 1) return user_error("dimension {} of {} is not 1", axis, ir::to_text(in));
    if (!(named || (all && in[axis] == 1))) out.push_back(in[axis]);
  }
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) { return with_dims(call.value(0), out); }

}  // namespace

const Operator& squeeze() {
  static const Operator record{.name = "Squeeze",
                               .most_inputs = 2,
                               .attributes = {{"axes", AttributeKind::integers, 1, 12}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
