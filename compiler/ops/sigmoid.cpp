// SPDX-License-Identifier: Apache-2.0
// Sigmoid: 1 / (1 + exp(-x)), the gate of some squeeze-excite blocks.
// Definition: ONNX Sigmoid-6, -13.
// Before: any tensor. After: the same shape, within 0 and 1.
#include <cmath>

#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return map_values(call.value(0), [](float x) { return 1.0f / (1.0f + std::exp(-x)); });
}

}  // namespace

const Operator& sigmoid() {
  static const Operator record{.name = "Sigmoid", .shape = same_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
