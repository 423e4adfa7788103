// SPDX-License-Identifier: Apache-2.0
// Arithmetic of elements: Add, Sub, Mul, Div, Pow, Mod, Min, Max, Sum, Mean, and functions of one number.
//
// Definition: ONNX Add-7, -13, -14 and their like; Pow-7 to -15 (the result has the base's type); Mod-10, -13 (fmod 0:
// the divisor's sign, and integers only; fmod 1: as C's fmod); Min, Max, Sum, Mean of one or more inputs (-8, -13).
#include <algorithm>
#include <cmath>

#include "compiler/onnx_definition/elementwise.hpp"

namespace sluice::definition {
namespace {

template <auto fn>
Result<Values> unary(const Call& call) {
  return one(mapped(call[0], [](float x) { return static_cast<float>(fn(x)); }));
}

template <typename Fn>
Result<Values> binary(const Call& call, Fn fn) {
  Value out = SLUICE_TRY(combined(call[0], call[1], fn));
  return one(std::move(out));
}

// One input after another, as ONNX defines the operators of many inputs.
template <typename Fn>
Result<Value> folded(const Call& call, Fn fn) {
  Value all = call[0];
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    all = SLUICE_TRY(combined(all, call[i], fn));
  }
  return all;
}

template <typename Fn>
Result<Values> variadic(const Call& call, Fn fn) {
  Value all = SLUICE_TRY(folded(call, fn));
  return one(std::move(all));
}

Result<Values> add(const Call& call) {
  return binary(call, [](auto a, auto b) { return a + b; });
}
Result<Values> sub(const Call& call) {
  return binary(call, [](auto a, auto b) { return a - b; });
}
Result<Values> mul(const Call& call) {
  return binary(call, [](auto a, auto b) { return a * b; });
}

struct Quotient {
  float operator()(float a, float b) const { return a / b; }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const { return b == -1 ? -a : a / b; }
};

Status check_divisor(const Value& divisor) {
  const auto& codes = divisor.integers;
  if (std::find(codes.begin(), codes.end(), 0) != codes.end()) return user_error("an integer is divided by 0");
  return ok();
}

Result<Values> div(const Call& call) {
  SLUICE_CHECK(check_divisor(call[1]));
  return binary(call, Quotient{});
}

struct Power {
  float operator()(float a, float b) const { return std::pow(a, b); }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    return static_cast<std::int64_t>(std::pow(static_cast<double>(a), static_cast<double>(b)));
  }
};

Result<Values> pow(const Call& call) {
  Value out = SLUICE_TRY(combined(call[0], call[1], Power{}));
  if (call[0].is_integer() && !out.is_integer()) out = Value::of_integers(out.dims, out.as_integers(), call[0].type);
  out.type = call[0].type;
  return one(std::move(out));
}

struct Remainder {
  bool is_c;
  float operator()(float a, float b) const {
    const float rest = std::fmod(a, b);
    return is_c || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b;
  }
  std::int64_t operator()(std::int64_t a, std::int64_t b) const {
    const std::int64_t rest = b == -1 ? 0 : a % b;
    return is_c || rest == 0 || (rest < 0) == (b < 0) ? rest : rest + b;
  }
};

Result<Values> mod(const Call& call) {
  SLUICE_CHECK(check_divisor(call[1]));
  return binary(call, Remainder{call.attributes.integer("fmod", 0) != 0});
}

Result<Values> least(const Call& call) {
  return variadic(call, [](auto a, auto b) { return b < a ? b : a; });
}
Result<Values> largest(const Call& call) {
  return variadic(call, [](auto a, auto b) { return a < b ? b : a; });
}
Result<Values> sum(const Call& call) {
  return variadic(call, [](auto a, auto b) { return a + b; });
}

Result<Values> mean(const Call& call) {
  Value all = SLUICE_TRY(folded(call, [](auto a, auto b) { return a + b; }));
  for (float& x : all.reals) x /= static_cast<float>(call.inputs.size());
  return one(std::move(all));
}

// Integers stay integers.
Result<Values> negative(const Call& call) {
  Value out = call[0];
  for (float& x : out.reals) x = -x;
  for (std::int64_t& x : out.integers) x = wrapped(-x, out.type);
  return one(std::move(out));
}

Result<Values> magnitude(const Call& call) {
  Value out = call[0];
  for (float& x : out.reals) x = std::fabs(x);
  for (std::int64_t& x : out.integers) x = wrapped(std::abs(x), out.type);
  return one(std::move(out));
}

Result<Values> sign(const Call& call) {
  Value out = call[0];
  for (float& x : out.reals) x = static_cast<float>((x > 0) - (x < 0));
  for (std::int64_t& x : out.integers) x = (x > 0) - (x < 0);
  return one(std::move(out));
}

float reciprocal_of(float x) { return 1 / x; }
float root_of(float x) { return std::sqrt(x); }
float exp_of(float x) { return std::exp(x); }
float log_of(float x) { return std::log(x); }
float floor_of(float x) { return std::floor(x); }
float ceil_of(float x) { return std::ceil(x); }
float round_of(float x) { return std::nearbyint(x); }  // ties to even, the default of the processor
float sin_of(float x) { return std::sin(x); }
float cos_of(float x) { return std::cos(x); }
float erf_of(float x) { return std::erf(x); }

}  // namespace

const Definitions& arithmetic_definitions() {
  static const Definitions all{{"Abs", 1, magnitude},
                               {"Add", 2, add},
                               {"Ceil", 1, unary<ceil_of>},
                               {"Cos", 1, unary<cos_of>},
                               {"Div", 2, div},
                               {"Erf", 1, unary<erf_of>},
                               {"Exp", 1, unary<exp_of>},
                               {"Floor", 1, unary<floor_of>},
                               {"Log", 1, unary<log_of>},
                               {"Max", 1, largest},
                               {"Mean", 1, mean},
                               {"Min", 1, least},
                               {"Mod", 2, mod},
                               {"Mul", 2, mul},
                               {"Neg", 1, negative},
                               {"Pow", 2, pow},
                               {"Reciprocal", 1, unary<reciprocal_of>},
                               {"Round", 1, unary<round_of>},
                               {"Sign", 1, sign},
                               {"Sin", 1, unary<sin_of>},
                               {"Sqrt", 1, unary<root_of>},
                               {"Sub", 2, sub},
                               {"Sum", 1, sum}};
  return all;
}

}  // namespace sluice::definition
