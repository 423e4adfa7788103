// SPDX-License-Identifier: Apache-2.0
// LeakyRelu: x, below 0 alpha * x, the activation of Darknet's classifiers.
// Definition: ONNX LeakyRelu-6, -16.
// Before: any tensor. After: the same shape.
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  const float alpha = call.node.real("alpha", 0.01f);
  return map_values(call.value(0), [=](float x) { return x < 0 ? alpha * x : x; });
}

}  // namespace

const Operator& leaky_relu() {
  static const Operator record{
      .name = "LeakyRelu", .attributes = {{"alpha", AttributeKind::real}}, .shape = same_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
