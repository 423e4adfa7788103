// SPDX-License-Identifier: Apache-2.0
// Dropout: nothing at all in inference; its second output, the mask, says of each number that it was kept.
// Definition: ONNX Dropout-7, -10 (ratio is an attribute), -12, -13 (ratio and training_mode are inputs). What training
// drops is random, by a generator that ONNX does not define, so it is refused; with a ratio of 0 it drops nothing.
// Before: nothing is dropped. After: the input, or as many times true.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/elementwise.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  if (call.has(2)) {
    const ir::Tensor* training = SLUICE_TRY(call.constant(2, "training_mode"));
    const bool drops = !(call.has(1) && call.inputs[1].value && call.value(1).size() == 1 && call.value(1).at(0) == 0);
    if (drops && training->size() == 1 && training->at(0) != 0) {
      return user_error("is in training mode; export the model for inference (model.eval())");
    }
  }
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) { return call.value(0); }

Result<ir::Tensor> run_mask(const Call&, const ir::Dims& out) {
  ir::Tensor mask = empty_like(out, ir::ElementType::boolean);
  std::fill(mask.integers.begin(), mask.integers.end(), 1);
  return mask;
}

const std::vector<AttributeRule> kAttributes{{"ratio", AttributeKind::real, 1, 11},
                                             {"seed", AttributeKind::integer, 12}};

}  // namespace

const Operator& dropout() {
  static const Operator record{.name = "Dropout",
                               .most_inputs = 3,
                               .attributes = kAttributes,
                               .side_outputs = {"Dropout.mask"},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

// Before opset 10 the mask had the input's type.
const Operator& dropout_mask() {
  static const Operator record{.name = "Dropout.mask",
                               .since_opset = 10,
                               .most_inputs = 3,
                               .attributes = kAttributes,
                               .shape = shape_rule,
                               .evaluate = run_mask};
  return record;
}

}  // namespace sluice::ops
