// SPDX-License-Identifier: Apache-2.0
// Sum: Add with any number of operands; older exporters (Caffe2) write residual joins with it.
// Definition: ONNX Sum-8, -13.
// Before: one or more operands that broadcast. After: their sum, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  ir::Dims out = call.dims(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    out = SLUICE_TRY(broadcast(out, call.dims(i)));
  }
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  ir::Tensor total = call.value(0);
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    const ir::Dims out = SLUICE_TRY(broadcast(total.dims, call.dims(i)));
    if (total.is_integer()) return user_error("adds integers; only float is possible");
    total = SLUICE_TRY(combine(total, call.value(i), out, [](auto a, auto b) { return a + b; }));
  }
  return total;
}

}  // namespace

const Operator& sum() {
  static const Operator record{.name = "Sum", .most_inputs = kManyInputs, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
