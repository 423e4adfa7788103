// SPDX-License-Identifier: Apache-2.0
// Clip: every number held between two bounds; ReLU6 is Clip(0, 6).
// Definition: ONNX Clip-6 (bounds are attributes), -11, -12, -13 (bounds are optional inputs).
// Before: bounds are constants. After: the same shape.
#include <algorithm>

#include "compiler/ops/elementwise.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  for (std::size_t i = 1; i <= 2; ++i) {
    if (call.has(i) && ir::element_count(call.dims(i)) != 1) return user_error("a bound is not a single number");
  }
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  ir::Tensor result = call.value(0);
  if (result.is_integer()) {
    for (std::int64_t& value : result.integers) {
      if (call.has(1)) value = std::max(value, static_cast<std::int64_t>(call.value(1).at(0)));
      if (call.has(2)) value = std::min(value, static_cast<std::int64_t>(call.value(2).at(0)));
    }
    return result;
  }
  constexpr float kLargest = std::numeric_limits<float>::max();
  const float low = call.has(1) ? call.value(1).at(0) : call.node.real("min", -kLargest);
  const float high = call.has(2) ? call.value(2).at(0) : call.node.real("max", kLargest);
  for (float& value : result.values) value = std::min(std::max(value, low), high);
  return result;
}

}  // namespace

const Operator& clip() {
  static const Operator record{.name = "Clip",
                               .most_inputs = 3,
                               .attributes = {{"min", AttributeKind::real, 6, 10}, {"max", AttributeKind::real, 6, 10}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
