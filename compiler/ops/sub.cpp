// SPDX-License-Identifier: Apache-2.0
// Sub: a mean taken off, or arithmetic on shapes.
// Definition: ONNX Sub-7, -13, -14, with numpy broadcasting.
// Before: two operands that broadcast. After: their difference, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {
namespace {

float subtract(float a, float b) { return a - b; }
std::int64_t subtract(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  return combine(call.value(0), call.value(1), out, [](auto a, auto b) { return subtract(a, b); });
}

}  // namespace

const Operator& sub() {
  static const Operator record{
      .name = "Sub", .least_inputs = 2, .most_inputs = 2, .shape = arithmetic_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
