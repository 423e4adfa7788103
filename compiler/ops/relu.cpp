// SPDX-License-Identifier: Apache-2.0
// Relu: max(x, 0), the source of most zeros that Sluice lives on.
// Definition: ONNX Relu-6, -13, -14.
// Before: any tensor. After: the same shape, nothing below 0.
#include <algorithm>

#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return map_values(call.value(0), [](float x) { return std::max(x, 0.0f); });
}

}  // namespace

const Operator& relu() {
  static const Operator record{.name = "Relu", .shape = same_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
