// SPDX-License-Identifier: Apache-2.0
// Transpose: axes in another order.
// Definition: ONNX Transpose-1, -13; without perm the axes are reversed.
// Before: perm names every axis once. After: the numbers in the new order.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

std::vector<std::int64_t> permutation(const Call& call) {
  std::vector<std::int64_t> reversed;
  for (std::size_t axis = call.dims(0).size(); axis-- > 0;) reversed.push_back(static_cast<std::int64_t>(axis));
  return call.node.integers("perm", reversed);
}

Result<ir::Dims> shape_rule(const Call& call) {
  const std::vector<std::int64_t> perm = permutation(call);
  const std::int64_t rank = static_cast<std::int64_t>(call.dims(0).size());
  if (static_cast<std::int64_t>(perm.size()) != rank) {
    return user_error("perm has {} axes, the input has {}", perm.size(), rank);
  }
  for (std::int64_t axis : perm) {
    if (axis < 0) return user_error("perm holds {}", axis);
  }
  SLUICE_CHECK(normal_axes(perm, rank));
  ir::Dims out;
  for (std::int64_t axis : perm) out.push_back(call.dims(0)[axis]);
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Dims own = strides_of(call.dims(0));
  ir::Dims strides;
  for (std::int64_t axis : permutation(call)) strides.push_back(own[axis]);
  return take(call.value(0), out, strides, 0);
}

}  // namespace

const Operator& transpose() {
  static const Operator record{
      .name = "Transpose", .attributes = {{"perm", AttributeKind::integers}}, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
