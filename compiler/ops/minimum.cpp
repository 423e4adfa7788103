// SPDX-License-Identifier: Apache-2.0
// Min: the least of several operands, number by number.
// Definition: ONNX Min-6 (operands of one shape), -8 (broadcasting), -12, -13.
// Before: at least one operand. After: the shape they broadcast to.
#include <algorithm>

#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {

const Operator& minimum() {
  static const Operator record{.name = "Min",
                               .most_inputs = kManyInputs,
                               .shape = joint_shape,
                               .evaluate = [](const Call& call, const ir::Dims&) {
                                 return combine_all(call, [](auto a, auto b) { return std::min(a, b); });
                               }};
  return record;
}

}  // namespace sluice::ops
