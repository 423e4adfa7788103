// SPDX-License-Identifier: Apache-2.0
// HardSigmoid: max(0, min(1, alpha * x + beta)), the gate of MobileNetV3's squeeze-excite blocks.
// Definition: ONNX HardSigmoid-6. PyTorch means alpha = 1/6. The default of ONNX and of Paddle is 0.2.
// Before: any tensor. After: the same shape, within 0 and 1.
#include <algorithm>

#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  const float alpha = call.node.real("alpha", 0.2f), beta = call.node.real("beta", 0.5f);
  return map_values(call.value(0), [=](float x) { return std::clamp(alpha * x + beta, 0.0f, 1.0f); });
}

}  // namespace

const Operator& hard_sigmoid() {
  static const Operator record{.name = "HardSigmoid",
                               .attributes = {{"alpha", AttributeKind::real}, {"beta", AttributeKind::real}},
                               .shape = same_shape,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
