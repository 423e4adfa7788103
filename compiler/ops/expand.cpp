// SPDX-License-Identifier: Apache-2.0
// Expand: a tensor repeated along axes of length 1, up to a given shape.
// Definition: ONNX Expand-8, -13; a 1 in the shape keeps the tensor's own length.
// Before: the shape is constant. After: the shape that both broadcast to.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const std::vector<std::int64_t> shape = SLUICE_TRY(call.integers(1, "shape"));
  return broadcast(call.dims(0), shape);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  return take(call.value(0), out, broadcast_strides(call.dims(0), out), 0);
}

}  // namespace

const Operator& expand() {
  static const Operator record{
      .name = "Expand", .since_opset = 8, .least_inputs = 2, .most_inputs = 2, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
