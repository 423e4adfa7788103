// SPDX-License-Identifier: Apache-2.0
// Gemm: alpha * A' * B' + beta * C, the classifier's last layer.
// Definition: ONNX Gemm-7, -9, -11 (C optional), -13.
// Before: two matrices that fit. After: their product; C is broadcast to it.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims &a = call.dims(0), &b = call.dims(1);
  if (a.size() != 2 || b.size() != 2) {
    return user_error("needs two matrices, has {} and {}", ir::to_text(a), ir::to_text(b));
  }
  const bool flip_a = call.node.integer("transA", 0) != 0, flip_b = call.node.integer("transB", 0) != 0;
  if (a[flip_a ? 0 : 1] != b[flip_b ? 1 : 0]) {
    return user_error("matrices of {} and {} do not fit", ir::to_text(a), ir::to_text(b));
  }
  const ir::Dims out = {a[flip_a ? 1 : 0], b[flip_b ? 0 : 1]};
  if (!call.has(2)) return out;
  const ir::Dims with_bias = SLUICE_TRY(broadcast(call.dims(2), out));
  if (with_bias != out)
    return user_error("a bias of {} does not fit a result of {}", ir::to_text(call.dims(2)), ir::to_text(out));
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  for (const Operand& operand : call.inputs) {
    if (operand.value && operand.value->is_integer()) return user_error("multiplies integers; only float is possible");
  }
  const ir::Tensor &a = call.value(0), &b = call.value(1);
  const bool flip_a = call.node.integer("transA", 0) != 0, flip_b = call.node.integer("transB", 0) != 0;
  const std::int64_t rows = out[0], columns = out[1], depth = a.dims[flip_a ? 0 : 1];
  const float alpha = call.node.real("alpha", 1.0f), beta = call.node.real("beta", 1.0f);
  ir::Tensor result = ir::Tensor::zeros(out);
  if (call.has(2)) result = take(call.value(2), out, broadcast_strides(call.dims(2), out), 0);
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t c = 0; c < columns; ++c) {
      float sum = 0;
      for (std::int64_t k = 0; k < depth; ++k) {
        sum += a.values[flip_a ? k * rows + r : r * depth + k] * b.values[flip_b ? c * depth + k : k * columns + c];
      }
      float& to = result.values[r * columns + c];
      to = alpha * sum + beta * to;
    }
  }
  return result;
}

}  // namespace

const Operator& gemm() {
  static const Operator record{.name = "Gemm",
                               .least_inputs = 2,
                               .most_inputs = 3,
                               .attributes = {{"alpha", AttributeKind::real},
                                              {"beta", AttributeKind::real},
                                              {"transA", AttributeKind::integer},
                                              {"transB", AttributeKind::integer}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
