// SPDX-License-Identifier: Apache-2.0
// Sum: Add with any number of operands; older exporters (Caffe2) write residual joins with it.
// Definition: ONNX Sum-8, -13.
// Before: one or more operands that broadcast. After: their sum, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  if (call.inputs.size() > 1 && call.value(0).is_integer()) return user_error("adds integers; only float is possible");
  return combine_all(call, [](auto a, auto b) { return a + b; });
}

}  // namespace

const Operator& sum() {
  static const Operator record{.name = "Sum", .most_inputs = kManyInputs, .shape = joint_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
