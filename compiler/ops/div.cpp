// SPDX-License-Identifier: Apache-2.0
// Div: a per-channel scale, the last step of a written-out hard-swish, or arithmetic on shapes.
// Definition: ONNX Div-7, -13, -14, with numpy broadcasting.
// Before: two operands that broadcast. After: their quotient, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

float divide(float a, float b) { return a / b; }
// The one quotient that does not fit wraps to itself.
std::int64_t divide(std::int64_t a, std::int64_t b) {
  return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& divisor = call.value(1);
  for (std::int64_t number : divisor.integers) {
    if (number == 0) return user_error("divides an integer by zero");
  }
  return combine(call.value(0), divisor, out, [](auto a, auto b) { return divide(a, b); });
}

}  // namespace

const Operator& div() {
  static const Operator record{
      .name = "Div", .least_inputs = 2, .most_inputs = 2, .shape = arithmetic_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
