// SPDX-License-Identifier: Apache-2.0
// Softmax: exp(x) / sum(exp(x)), the usual end of a classifier. It keeps the order of the scores, so the device stops
// before it.
// Definition: ONNX Softmax-1, -11 (the tensor is seen as a matrix split at `axis`, default 1), -13 (along one axis,
// default the last).
// Before: any tensor. After: the same shape; sums of 1.
#include <algorithm>
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<std::int64_t> axis_of(const Call& call) {
  return normal_axis(call.node.integer("axis", call.opset < 13 ? 1 : -1), std::max<std::int64_t>(1, call.dims(0).size()));
}

Result<ir::Dims> shape_rule(const Call& call) {
  SLUICE_TRY(axis_of(call));
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const std::int64_t axis = SLUICE_TRY(axis_of(call));
  ir::Tensor result = call.value(0);
  if (result.is_integer()) return user_error("the input is integer; only float is possible");
  const std::int64_t rank = static_cast<std::int64_t>(out.size());
  std::int64_t outer = 1, length = 1, inner = 1;
  for (std::int64_t i = 0; i < rank; ++i) {
    (i < axis ? outer : i == axis || call.opset < 13 ? length : inner) *= out[i];
  }
  for (std::int64_t row = 0; row < outer * inner && length > 0; ++row) {
    float* first = result.values.data() + row / inner * length * inner + row % inner;
    float largest = *first;
    for (std::int64_t i = 0; i < length; ++i) largest = std::max(largest, first[i * inner]);
    double sum = 0;
    for (std::int64_t i = 0; i < length; ++i) sum += first[i * inner] = std::exp(first[i * inner] - largest);
    for (std::int64_t i = 0; i < length; ++i) first[i * inner] = static_cast<float>(first[i * inner] / sum);
  }
  return result;
}

}  // namespace

const Operator& softmax() {
  static const Operator record{
      .name = "Softmax", .attributes = {{"axis", AttributeKind::integer}}, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
