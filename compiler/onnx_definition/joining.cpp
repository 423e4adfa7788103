// SPDX-License-Identifier: Apache-2.0
// Concat: tensors one after another along an axis.
//
// Definition: ONNX Concat-4 to -13. The axis may count from the end.
#include <algorithm>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

template <typename T>
void append(const std::vector<T>& from, std::int64_t piece, std::int64_t outer, std::int64_t row, std::int64_t offset,
            std::vector<T>& to) {
  for (std::int64_t o = 0; o < outer; ++o) std::copy_n(from.begin() + o * piece, piece, to.begin() + o * row + offset);
}

Result<Values> concat(const Call& call) {
  const auto rank = static_cast<std::int64_t>(call[0].dims.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 1), rank));
  Dims dims = call[0].dims;
  dims[axis] = 0;
  bool is_real = false;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    Dims other = call[i].dims;
    if (other.size() != dims.size()) return user_error("{} joins {}", to_text(other), to_text(call[0].dims));
    dims[axis] += other[axis];
    other[axis] = call[0].dims[axis];
    if (other != call[0].dims) return user_error("{} joins {}", to_text(call[i].dims), to_text(call[0].dims));
    is_real |= !call[i].is_integer();
  }
  SLUICE_CHECK(element_count(dims));
  std::int64_t outer = 1, inner = 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i < axis) outer *= dims[i];
    if (i > axis) inner *= dims[i];
  }
  Value like;
  like.type = call[0].type;
  like.held = is_real ? Value::Held::reals : Value::Held::integers;
  Value out = Value::zeros_like(like, dims);
  std::int64_t offset = 0;
  for (const Value* value : call.inputs) {
    const std::int64_t piece = value->dims[axis] * inner, row = dims[axis] * inner;
    if (is_real)
      append(value->as_reals(), piece, outer, row, offset, out.reals);
    else
      append(value->integers, piece, outer, row, offset, out.integers);
    offset += piece;
  }
  return one(std::move(out));
}

}  // namespace

const Definitions& joining_definitions() {
  static const Definitions all{{"Concat", 1, concat}};
  return all;
}

}  // namespace sluice::definition
