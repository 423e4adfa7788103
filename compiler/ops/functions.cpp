// SPDX-License-Identifier: Apache-2.0
// Functions of one number: Abs, Ceil, Exp, Floor, Log, Neg, Reciprocal, Round, Sign, Sqrt. Exporters write them on
// constants (the root of a variance) and on shapes; of computed maps only Neg has a place on the device.
// Definition: ONNX Abs-6, -13, Ceil-6, -13, Exp-6, -13, Floor-6, -13, Log-6, -13, Neg-6, -13, Reciprocal-6, -13,
// Round-11, -22 (to the even neighbour), Sign-9, -13, Sqrt-6, -13.
// Before: any tensor of numbers. After: the same shape and type.
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

template <float (*function)(float)>
Operator of_reals(const char* name, int since_opset = 1) {
  return {
      .name = name, .since_opset = since_opset, .shape = same_shape, .evaluate = [](const Call& call, const ir::Dims&) {
        return map_values(call.value(0), function);
      }};
}

// Integers wrap like their type, which has no opposite of its least number.
template <float (*function)(float), std::uint64_t (*of_integer)(std::int64_t)>
Operator of_numbers(const char* name, int since_opset = 1) {
  return {.name = name,
          .since_opset = since_opset,
          .shape = same_shape,
          .evaluate = [](const Call& call, const ir::Dims&) -> Result<ir::Tensor> {
            if (!call.value(0).is_integer()) return map_values(call.value(0), function);
            ir::Tensor result = call.value(0);
            for (std::int64_t& number : result.integers)
              number = wrap(static_cast<std::int64_t>(of_integer(number)), result.type);
            return result;
          }};
}

float magnitude_of(float x) { return std::fabs(x); }
float ceiling_of(float x) { return std::ceil(x); }
float exponential_of(float x) { return std::exp(x); }
float floor_of(float x) { return std::floor(x); }
float logarithm_of(float x) { return std::log(x); }
float opposite_of(float x) { return -x; }
float reciprocal_of(float x) { return 1 / x; }
float rounded(float x) { return std::nearbyint(x); }
float root_of(float x) { return std::sqrt(x); }
float sign_of(float x) { return static_cast<float>((x > 0) - (x < 0)); }

std::uint64_t integer_opposite_of(std::int64_t x) { return std::uint64_t{0} - static_cast<std::uint64_t>(x); }
std::uint64_t integer_magnitude_of(std::int64_t x) {
  return x < 0 ? integer_opposite_of(x) : static_cast<std::uint64_t>(x);
}
std::uint64_t integer_sign_of(std::int64_t x) { return static_cast<std::uint64_t>((x > 0) - (x < 0)); }

}  // namespace

const Operator& absolute() {
  static const Operator record = of_numbers<magnitude_of, integer_magnitude_of>("Abs");
  return record;
}

const Operator& ceiling() {
  static const Operator record = of_reals<ceiling_of>("Ceil");
  return record;
}

const Operator& exponential() {
  static const Operator record = of_reals<exponential_of>("Exp");
  return record;
}

const Operator& floor_function() {
  static const Operator record = of_reals<floor_of>("Floor");
  return record;
}

const Operator& logarithm() {
  static const Operator record = of_reals<logarithm_of>("Log");
  return record;
}

const Operator& negative() {
  static const Operator record = of_numbers<opposite_of, integer_opposite_of>("Neg");
  return record;
}

const Operator& reciprocal() {
  static const Operator record = of_reals<reciprocal_of>("Reciprocal");
  return record;
}

const Operator& round_function() {
  static const Operator record = of_reals<rounded>("Round", 11);
  return record;
}

const Operator& sign() {
  static const Operator record = of_numbers<sign_of, integer_sign_of>("Sign", 9);
  return record;
}

const Operator& square_root() {
  static const Operator record = of_reals<root_of>("Sqrt");
  return record;
}

}  // namespace sluice::ops
