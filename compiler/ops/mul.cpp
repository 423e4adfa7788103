// SPDX-License-Identifier: Apache-2.0
// Mul: a per-channel scale, the gate of a squeeze-excite block, or arithmetic on shapes.
// Definition: ONNX Mul-7, -13, -14, with numpy broadcasting.
// Before: two operands that broadcast. After: their product, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {
namespace {

float multiply(float a, float b) { return a * b; }
std::int64_t multiply(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  return combine(call.value(0), call.value(1), out, [](auto a, auto b) { return multiply(a, b); });
}

}  // namespace

const Operator& mul() {
  static const Operator record{
      .name = "Mul", .least_inputs = 2, .most_inputs = 2, .shape = arithmetic_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
