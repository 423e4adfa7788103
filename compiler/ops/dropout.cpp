// SPDX-License-Identifier: Apache-2.0
// Dropout: nothing at all in inference.
// Definition: ONNX Dropout-7, -10 (ratio is an attribute), -12, -13 (ratio and training_mode are inputs).
// Before: training mode is off. After: the input.
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  if (call.has(2)) {
    const ir::Tensor* training = SLUICE_TRY(call.constant(2, "training_mode"));
    // With a ratio of 0 training drops nothing either.
    const bool drops = !(call.has(1) && call.inputs[1].value && call.value(1).size() == 1 && call.value(1).at(0) == 0);
    if (drops && training->size() == 1 && training->at(0) != 0) {
      return user_error("is in training mode; export the model for inference (model.eval())");
    }
  }
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) { return call.value(0); }

}  // namespace

const Operator& dropout() {
  static const Operator record{
      .name = "Dropout",
      .most_inputs = 3,
      .attributes = {{"ratio", AttributeKind::real, 1, 11}, {"seed", AttributeKind::integer, 12}},
      .shape = shape_rule,
      .evaluate = run};
  return record;
}

}  // namespace sluice::ops
