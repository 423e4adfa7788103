// SPDX-License-Identifier: Apache-2.0
// Pow: one number to the power of another, as exporters write squares and roots of constants.
// Definition: ONNX Pow-7, -12 (base and exponent may differ in type; the result has the base's), -13, -15.
// Before: two operands that broadcast. After: of the broadcast shape.
#include <algorithm>
#include <cmath>

#include "compiler/ops/arithmetic.hpp"

namespace sluice::ops {
namespace {

ir::Tensor reals_of(const ir::Tensor& tensor) {
  ir::Tensor reals = ir::Tensor::zeros(tensor.dims);
  for (std::int64_t i = 0; i < tensor.size(); ++i) reals.values[static_cast<std::size_t>(i)] = tensor.at(i);
  return reals;
}

// By multiplication, which wraps like the type; of negative exponents only 1 and -1 have a whole result.
std::int64_t power_of(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
  std::uint64_t result = 1, square = static_cast<std::uint64_t>(base);
  for (; exponent > 0; exponent >>= 1, square *= square) result *= exponent & 1 ? square : 1;
  return static_cast<std::int64_t>(result);
}

// An integer to the power of a float is an integer again, cut off.
ir::Tensor whole_of(const ir::Tensor& reals, ir::ElementType type) {
  ir::Tensor result = empty_like(reals.dims, type);
  for (std::size_t i = 0; i < reals.values.size(); ++i) {
    const float value = std::isnan(reals.values[i]) ? 0 : std::clamp(reals.values[i], -9.2e18f, 9.2e18f);
    result.integers[i] = wrap(static_cast<std::int64_t>(value), type);
  }
  return result;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor &base = call.value(0), &exponent = call.value(1);
  const auto power = [](auto a, auto b) {
    if constexpr (std::is_floating_point_v<decltype(a)>)
      return std::pow(a, b);
    else
      return power_of(a, b);
  };
  if (base.is_integer() == exponent.is_integer()) return combine(base, exponent, out, power);
  if (!base.is_integer()) return combine(base, reals_of(exponent), out, power);
  const ir::Tensor reals = SLUICE_TRY(combine(reals_of(base), exponent, out, power));
  return whole_of(reals, base.type);
}

}  // namespace

const Operator& power() {
  static const Operator record{
      .name = "Pow", .least_inputs = 2, .most_inputs = 2, .shape = arithmetic_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
