// SPDX-License-Identifier: Apache-2.0
// Truth values: comparisons, logic, Where. Exporters compute shapes and conditions with them.
//
// Definition: ONNX Equal-7 to -19, Greater, Less (-7 to -13), GreaterOrEqual, LessOrEqual (-12, -16), And, Or, Xor-7,
// Not-1, Where-9, -16, IsNaN-9, -13, IsInf-10.
#include <cmath>

#include "compiler/onnx_definition/elementwise.hpp"

namespace sluice::definition {
namespace {

template <typename Fn>
Result<Values> truth(const Call& call, Fn fn) {
  Value out = SLUICE_TRY(compared(call[0], call[1], fn));
  return one(std::move(out));
}

Result<Values> equal(const Call& call) {
  return truth(call, [](auto a, auto b) { return a == b; });
}
Result<Values> greater(const Call& call) {
  return truth(call, [](auto a, auto b) { return a > b; });
}
Result<Values> greater_or_equal(const Call& call) {
  return truth(call, [](auto a, auto b) { return a >= b; });
}
Result<Values> less(const Call& call) {
  return truth(call, [](auto a, auto b) { return a < b; });
}
Result<Values> less_or_equal(const Call& call) {
  return truth(call, [](auto a, auto b) { return a <= b; });
}
Result<Values> both(const Call& call) {
  return truth(call, [](auto a, auto b) { return a != 0 && b != 0; });
}
Result<Values> either(const Call& call) {
  return truth(call, [](auto a, auto b) { return a != 0 || b != 0; });
}
Result<Values> one_of_two(const Call& call) {
  return truth(call, [](auto a, auto b) { return (a != 0) != (b != 0); });
}

template <typename Fn>
Result<Values> truth_of_one(const Call& call, Fn fn) {
  const std::vector<float> in = call[0].as_reals();
  std::vector<std::int64_t> out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i) out[i] = fn(in[i]);
  return one(Value::of_integers(call[0].dims, std::move(out), kBool));
}

Result<Values> negation(const Call& call) {
  return truth_of_one(call, [](float x) { return x == 0; });
}
Result<Values> is_nan(const Call& call) {
  return truth_of_one(call, [](float x) { return std::isnan(x); });
}
Result<Values> is_infinite(const Call& call) {
  const bool negative = call.attributes.integer("detect_negative", 1) != 0;
  const bool positive = call.attributes.integer("detect_positive", 1) != 0;
  return truth_of_one(call, [=](float x) { return std::isinf(x) && (x < 0 ? negative : positive); });
}

Result<Values> where(const Call& call) {
  const Value &condition = call[0], &yes = call[1], &no = call[2];
  Dims dims = SLUICE_TRY(broadcast(yes.dims, no.dims));
  dims = SLUICE_TRY(broadcast(dims, condition.dims));
  const std::int64_t count = SLUICE_TRY(element_count(dims));
  const auto of_condition = broadcast_indices(condition.dims, dims);
  const auto of_yes = broadcast_indices(yes.dims, dims), of_no = broadcast_indices(no.dims, dims);
  const Value& like = yes.is_integer() ? no : yes;
  Value out = Value::zeros_like(like, std::move(dims));
  for (std::int64_t i = 0; i < count; ++i) {
    const bool is_yes = condition.at(broadcast_index(of_condition, i)) != 0;
    const Value& source = is_yes ? yes : no;
    const std::int64_t from = broadcast_index(is_yes ? of_yes : of_no, i);
    if (out.is_integer())
      out.integers[static_cast<std::size_t>(i)] = source.integers[static_cast<std::size_t>(from)];
    else
      out.reals[static_cast<std::size_t>(i)] = static_cast<float>(source.at(from));
  }
  return one(std::move(out));
}

}  // namespace

const Definitions& comparison_definitions() {
  static const Definitions all{
      {"And", 2, both},          {"Equal", 2, equal},  {"Greater", 2, greater}, {"GreaterOrEqual", 2, greater_or_equal},
      {"IsInf", 1, is_infinite}, {"IsNaN", 1, is_nan}, {"Less", 2, less},       {"LessOrEqual", 2, less_or_equal},
      {"Not", 1, negation},      {"Or", 2, either},    {"Where", 3, where},     {"Xor", 2, one_of_two}};
  return all;
}

}  // namespace sluice::definition
