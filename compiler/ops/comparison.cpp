// SPDX-License-Identifier: Apache-2.0
// Comparisons, the logic of their results, and Where, which chooses by them: Equal, Greater, GreaterOrEqual, Less,
// LessOrEqual, And, Or, Xor, Not, Where. Exporters ask with them for ranks and sizes.
// Definition: ONNX Equal-7, -11, -13, -19, Greater-7, -9, -13, GreaterOrEqual-12, -16, Less-7, -9, -13, LessOrEqual-12,
// -16, And-7, Or-7, Xor-7, Not-1, Where-9, -16.
// Before: operands that broadcast. After: truth values of the broadcast shape; of Where, values of its operands' type.
#include <functional>

#include "compiler/ops/arithmetic.hpp"
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

// `holds(a, b)` for each pair, of floats or integers.
template <typename Holds>
Result<ir::Tensor> compare(const Call& call, const ir::Dims& out, Holds holds) {
  const ir::Tensor &a = call.value(0), &b = call.value(1);
  if (a.is_integer() != b.is_integer()) return user_error("one operand is integer, the other float");
  const ir::Tensor left = take(a, out, broadcast_strides(a.dims, out), 0);
  const ir::Tensor right = take(b, out, broadcast_strides(b.dims, out), 0);
  ir::Tensor result = empty_like(out, ir::ElementType::boolean);
  for (std::size_t i = 0; i < result.integers.size(); ++i)
    result.integers[i] =
        a.is_integer() ? holds(left.integers[i], right.integers[i]) : holds(left.values[i], right.values[i]);
  return result;
}

template <typename Holds>
Operator comparison(const char* name, int since_opset = 7) {
  return {.name = name,
          .since_opset = since_opset,
          .least_inputs = 2,
          .most_inputs = 2,
          .shape = arithmetic_shape,
          .evaluate = [](const Call& call, const ir::Dims& out) { return compare(call, out, Holds{}); }};
}

// Truth values are 0 and 1 here.
template <typename Holds>
Operator logic(const char* name) {
  return {.name = name,
          .since_opset = 7,
          .least_inputs = 2,
          .most_inputs = 2,
          .shape = arithmetic_shape,
          .evaluate = [](const Call& call, const ir::Dims& out) -> Result<ir::Tensor> {
            const bool are_truths =
                call.value(0).type == ir::ElementType::boolean && call.value(1).type == ir::ElementType::boolean;
            if (!are_truths) return user_error("takes truth values only");
            return compare(call, out, Holds{});
          }};
}

Result<ir::Tensor> deny(const Call& call, const ir::Dims&) {
  ir::Tensor result = call.value(0);
  if (result.type != ir::ElementType::boolean) return user_error("takes truth values only");
  for (std::int64_t& truth : result.integers) truth = truth == 0;
  return result;
}

Result<ir::Tensor> choose(const Call& call, const ir::Dims& out) {
  const ir::Tensor &asked = call.value(0), &a = call.value(1), &b = call.value(2);
  if (asked.type != ir::ElementType::boolean) return user_error("the condition is no truth value");
  if (a.is_integer() != b.is_integer()) return user_error("one operand is integer, the other float");
  const ir::Tensor condition = take(asked, out, broadcast_strides(asked.dims, out), 0);
  ir::Tensor result = take(a, out, broadcast_strides(a.dims, out), 0);
  const ir::Tensor other = take(b, out, broadcast_strides(b.dims, out), 0);
  for (std::size_t i = 0; i < condition.integers.size(); ++i) {
    if (condition.integers[i] != 0) continue;
    if (result.is_integer())
      result.integers[i] = other.integers[i];
    else
      result.values[i] = other.values[i];
  }
  return result;
}

}  // namespace

const Operator& equal() {
  static const Operator record = comparison<std::equal_to<>>("Equal");
  return record;
}

const Operator& greater() {
  static const Operator record = comparison<std::greater<>>("Greater");
  return record;
}

const Operator& greater_or_equal() {
  static const Operator record = comparison<std::greater_equal<>>("GreaterOrEqual", 12);
  return record;
}

const Operator& less() {
  static const Operator record = comparison<std::less<>>("Less");
  return record;
}

const Operator& less_or_equal() {
  static const Operator record = comparison<std::less_equal<>>("LessOrEqual", 12);
  return record;
}

const Operator& logical_and() {
  static const Operator record = logic<std::logical_and<>>("And");
  return record;
}

const Operator& logical_or() {
  static const Operator record = logic<std::logical_or<>>("Or");
  return record;
}

const Operator& logical_xor() {
  static const Operator record = logic<std::not_equal_to<>>("Xor");
  return record;
}

const Operator& logical_not() {
  static const Operator record{.name = "Not", .shape = same_shape, .evaluate = deny};
  return record;
}

const Operator& where() {
  static const Operator record{
      .name = "Where", .since_opset = 9, .least_inputs = 3, .most_inputs = 3, .shape = joint_shape, .evaluate = choose};
  return record;
}

}  // namespace sluice::ops
