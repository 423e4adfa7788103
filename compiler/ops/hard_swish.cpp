// SPDX-License-Identifier: Apache-2.0
// HardSwish: x * max(0, min(1, x / 6 + 0.5)), MobileNetV3's activation.
// Definition: ONNX HardSwish-14; older files write it out, which passes/recognise_hard_swish undoes. A node of the
// front end's own making carries this name in graphs of any opset, so it is not bound to 14 here.
// Before: any tensor. After: the same shape.
#include <algorithm>

#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return map_values(call.value(0), [](float x) { return x * std::clamp(x / 6.0f + 0.5f, 0.0f, 1.0f); });
}

}  // namespace

const Operator& hard_swish() {
  static const Operator record{.name = "HardSwish", .shape = same_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
