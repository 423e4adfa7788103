// SPDX-License-Identifier: Apache-2.0
// Functions of one or two elements, carried over whole tensors with ONNX's broadcasting.
//
// Before: numbers, no texts. After: the type of the first argument, unless a caller says another. Integers stay
// integers and wrap around in their type.
#pragma once

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {

template <typename Fn>
Value mapped(const Value& in, Fn fn) {
  Value out = in.is_integer() ? Value::of_reals(in.dims, in.as_reals()) : in;
  for (float& x : out.reals) x = fn(x);
  return out;
}

// combine(a, b) for each pair of elements, held as `held_of` holds its own.
template <typename Out, typename In, typename Fn>
void combine_into(std::vector<Out>& out, const std::vector<In>& a, const std::vector<std::int64_t>& of_a,
                  const std::vector<In>& b, const std::vector<std::int64_t>& of_b, Fn fn) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    out[i] = fn(a[static_cast<std::size_t>(broadcast_index(of_a, at))],
                b[static_cast<std::size_t>(broadcast_index(of_b, at))]);
  }
}

// fn(a, b) is called with floats, or with int64 where both arguments are integers.
template <typename Fn>
Result<Value> combined(const Value& a, const Value& b, Fn fn) {
  Dims dims = SLUICE_TRY(broadcast(a.dims, b.dims));
  const auto of_a = broadcast_indices(a.dims, dims), of_b = broadcast_indices(b.dims, dims);
  const bool is_integer = a.is_integer() && b.is_integer();
  Value like;
  like.type = is_integer || !a.is_integer() ? a.type : b.type;
  like.held = is_integer ? Value::Held::integers : Value::Held::reals;
  Value out = Value::zeros_like(like, std::move(dims));
  if (is_integer) {
    combine_into(out.integers, a.integers, of_a, b.integers, of_b, fn);
    for (std::int64_t& x : out.integers) x = wrapped(x, out.type);
  } else if (a.is_integer() || b.is_integer()) {
    combine_into(out.reals, a.as_reals(), of_a, b.as_reals(), of_b, fn);
  } else {
    combine_into(out.reals, a.reals, of_a, b.reals, of_b, fn);
  }
  return out;
}

// The same with truth values as the result.
template <typename Fn>
Result<Value> compared(const Value& a, const Value& b, Fn fn) {
  Dims dims = SLUICE_TRY(broadcast(a.dims, b.dims));
  const auto of_a = broadcast_indices(a.dims, dims), of_b = broadcast_indices(b.dims, dims);
  const std::int64_t count = SLUICE_TRY(element_count(dims));
  Value out = Value::of_integers(std::move(dims), std::vector<std::int64_t>(static_cast<std::size_t>(count)), kBool);
  if (a.is_integer() && b.is_integer())
    combine_into(out.integers, a.integers, of_a, b.integers, of_b, fn);
  else
    combine_into(out.integers, a.as_reals(), of_a, b.as_reals(), of_b, fn);
  return out;
}

}  // namespace sluice::definition
