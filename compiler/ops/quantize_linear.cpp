// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear: saturate(round(x / scale) + zero_point), ties to even.
// Definition: ONNX QuantizeLinear-10, -13 (axis), -19; the result has the zero point's type (uint8 without one).
// Before: scale per tensor or per channel. After: integers of 8 bits.
#include <algorithm>
#include <cmath>

#include "compiler/ops/quantize.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const QuantizeAxis axis = SLUICE_TRY(quantize_axis(call));
  const ir::ElementType type = call.has(2) ? call.value(2).type : ir::ElementType::uint8;
  if (type != ir::ElementType::uint8 && type != ir::ElementType::int8) {
    return user_error("the zero point must be uint8 or int8");
  }
  const float low = type == ir::ElementType::uint8 ? 0.0f : -128.0f, high = low + 255.0f;
  ir::Tensor result = empty_like(out, type);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const std::int64_t c = axis.channel(i);
    const float zero = call.has(2) ? call.value(2).at(c) : 0.0f;
    const float code = std::nearbyint(call.value(0).at(i) / call.value(1).at(c)) + zero;
    result.integers[i] = std::isnan(code) ? 0 : static_cast<std::int64_t>(std::clamp(code, low, high));
  }
  return result;
}

}  // namespace

const Operator& quantize_linear() {
  static const Operator record{
      .name = "QuantizeLinear",
      .since_opset = 10,
      .least_inputs = 2,
      .most_inputs = 3,
      .attributes = {{"axis", AttributeKind::integer, 13}, {"saturate", AttributeKind::integer, 19}},
      .shape = quantize_shape,
      .evaluate = run};
  return record;
}

}  // namespace sluice::ops
