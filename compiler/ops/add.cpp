// SPDX-License-Identifier: Apache-2.0
// Add: the join of a residual block, a bias, or arithmetic on shapes.
// Definition: ONNX Add-7, -13, -14, with numpy broadcasting.
// Before: two operands that broadcast. After: their sum, of the broadcast shape.
#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {
namespace {

// Integers add without overflow in the sense of the language; their type's width is applied afterwards.
float add_numbers(float a, float b) { return a + b; }
std::int64_t add_numbers(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  return combine(call.value(0), call.value(1), out, [](auto a, auto b) { return add_numbers(a, b); });
}

}  // namespace

const Operator& add() {
  static const Operator record{
      .name = "Add", .least_inputs = 2, .most_inputs = 2, .shape = arithmetic_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
