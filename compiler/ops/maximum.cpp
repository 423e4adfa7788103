// SPDX-License-Identifier: Apache-2.0
// Max: the largest of several operands, number by number.
// Definition: ONNX Max-6 (operands of one shape), -8 (broadcasting), -12, -13.
// Before: at least one operand. After: the shape they broadcast to.
#include <algorithm>

#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {

const Operator& maximum() {
  static const Operator record{.name = "Max",
                               .most_inputs = kManyInputs,
                               .shape = joint_shape,
                               .evaluate = [](const Call& call, const ir::Dims&) {
                                 return combine_all(call, [](auto a, auto b) { return std::max(a, b); });
                               }};
  return record;
}

}  // namespace sluice::ops
