// SPDX-License-Identifier: Apache-2.0
// Flatten: the tensor seen as a matrix, split at `axis`.
// Definition: ONNX Flatten-1, -9, -11 (negative axis), -13.
// Before: rank at least `axis`. After: rank 2, the same numbers in the same order.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims& dims = call.dims(0);
  const std::int64_t rank = static_cast<std::int64_t>(dims.size());
  std::int64_t axis = call.node.integer("axis", 1);
  // Unlike elsewhere, the end itself is a legal place to split.
  if (axis != rank) axis = SLUICE_TRY(normal_axis(axis, rank));
  return ir::Dims{ir::element_count({dims.begin(), dims.begin() + axis}),
                  ir::element_count({dims.begin() + axis, dims.end()})};
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) { return with_dims(call.value(0), out); }

}  // namespace

const Operator& flatten() {
  static const Operator record{
      .name = "Flatten", .attributes = {{"axis", AttributeKind::integer}}, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
