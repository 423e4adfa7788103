// SPDX-License-Identifier: Apache-2.0
// ArgMax and TopK: where the largest numbers of a row are. At the end of a classifier they name classes; the scores are
// what they read.
// Definition: ONNX ArgMax-1, -11, -12 (select_last_index), -13; TopK-1 (k is an attribute), -10 (an input), -11
// (largest, sorted).
// Before: an axis that exists. After: places along the axis; of TopK also the numbers there, the first of equal ones
// first.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<std::int64_t> axis_of(const Call& call, std::int64_t otherwise) {
  return normal_axis(call.node.integer("axis", otherwise), static_cast<std::int64_t>(call.dims(0).size()));
}

// Not a number counts as the largest, so that there is an order.
bool is_larger(float a, float b) { return std::isnan(a) ? !std::isnan(b) : a > b; }

// Places along the axis, the best first, for each row; place(row, rank, at) takes them.
template <typename Place>
Result<std::int64_t> rank_rows(const Call& call, std::int64_t axis, std::int64_t count, bool is_largest,
                               bool takes_last, Place place) {
  const ir::Tensor& map = call.value(0);
  const std::int64_t length = map.dims[axis], inner = strides_of(map.dims)[axis];
  const std::int64_t rows = length > 0 ? map.size() / length : 0;
  const auto at = [&](std::int64_t row, std::int64_t i) {
    return row / inner * inner * length + row % inner + i * inner;
  };
  std::vector<std::int64_t> order(static_cast<std::size_t>(length));
  for (std::int64_t row = 0; row < rows; ++row) {
    std::iota(order.begin(), order.end(), 0);
    if (takes_last) std::reverse(order.begin(), order.end());
    std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
      const std::int64_t x = at(row, is_largest ? a : b), y = at(row, is_largest ? b : a);
      return map.is_integer() ? map.integers[x] > map.integers[y] : is_larger(map.values[x], map.values[y]);
    });
    for (std::int64_t i = 0; i < count; ++i)
      place(row / inner * inner * count + row % inner + i * inner, order[static_cast<std::size_t>(i)],
            at(row, order[static_cast<std::size_t>(i)]));
  }
  return rows;
}

Result<ir::Dims> arg_shape(const Call& call) {
  const std::int64_t axis = SLUICE_TRY(axis_of(call, 0));
  ir::Dims out = call.dims(0);
  if (out[axis] == 0) return user_error("the axis is empty");
  out[axis] = 1;
  if (call.node.integer("keepdims", 1) == 0) out.erase(out.begin() + axis);
  return out;
}

Result<ir::Tensor> arg_max(const Call& call, const ir::Dims& out) {
  ir::Tensor result = empty_like(out, ir::ElementType::int64);
  const std::int64_t axis = SLUICE_TRY(axis_of(call, 0));
  SLUICE_CHECK(rank_rows(call, axis, 1, true, call.node.integer("select_last_index", 0) != 0,
                         [&](std::int64_t to, std::int64_t place, std::int64_t) { result.integers[to] = place; }));
  return result;
}

Result<std::int64_t> count_of(const Call& call) {
  if (call.opset < 10) return call.node.integer("k", 0);
  const auto count = SLUICE_TRY(call.integers(1, "number of places"));
  if (count.size() != 1) return user_error("the number of places is a list of {}", count.size());
  return count[0];
}

Result<ir::Dims> top_shape(const Call& call) {
  const std::int64_t axis = SLUICE_TRY(axis_of(call, -1));
  ir::Dims out = call.dims(0);
  const std::int64_t count = SLUICE_TRY(count_of(call));
  if (count < 0 || count > out[axis]) return user_error("asks for {} of {} numbers", count, out[axis]);
  out[axis] = count;
  return out;
}

template <bool is_place>
Result<ir::Tensor> top(const Call& call, const ir::Dims& out) {
  const ir::Tensor& map = call.value(0);
  ir::Tensor result = empty_like(out, is_place ? ir::ElementType::int64 : map.type);
  const std::int64_t axis = SLUICE_TRY(axis_of(call, -1));
  SLUICE_CHECK(rank_rows(call, axis, out[axis], call.node.integer("largest", 1) != 0, false,
                         [&](std::int64_t to, std::int64_t place, std::int64_t from) {
                           if (is_place)
                             result.integers[to] = place;
                           else if (map.is_integer())
                             result.integers[to] = map.integers[from];
                           else
                             result.values[to] = map.values[from];
                         }));
  return result;
}

std::vector<AttributeRule> top_attributes() {
  return {{"axis", AttributeKind::integer},
          {"k", AttributeKind::integer, 1, 9},
          {"largest", AttributeKind::integer, 11},
          {"sorted", AttributeKind::integer, 11}};
}

}  // namespace

const Operator& argument_of_maximum() {
  static const Operator record{.name = "ArgMax",
                               .attributes = {{"axis", AttributeKind::integer},
                                              {"keepdims", AttributeKind::integer},
                                              {"select_last_index", AttributeKind::integer, 12}},
                               .shape = arg_shape,
                               .evaluate = arg_max};
  return record;
}

const Operator& top_k() {
  static const Operator record{.name = "TopK",
                               .most_inputs = 2,
                               .attributes = top_attributes(),
                               .side_outputs = {"TopK.Indices"},
                               .shape = top_shape,
                               .evaluate = top<false>};
  return record;
}

const Operator& top_k_indices() {
  static const Operator record{.name = "TopK.Indices",
                               .most_inputs = 2,
                               .attributes = top_attributes(),
                               .shape = top_shape,
                               .evaluate = top<true>};
  return record;
}

}  // namespace sluice::ops
