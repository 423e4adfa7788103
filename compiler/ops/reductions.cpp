// SPDX-License-Identifier: Apache-2.0
// Reductions over some axes: ReduceMean, ReduceSum, ReduceMax, ReduceMin, ReduceProd. Over height and width the mean
// and the largest are global pools; on constants exporters compute shapes and statistics with them. Definition: ONNX
// ReduceMean, ReduceMax, ReduceMin, ReduceProd -1, -11, -13 (axes is an attribute), -18 (axes is an input), -20 (truth
// values); ReduceSum-1, -11, -13 (axes is an input). Before: axes are constant. After: the named axes are 1, or gone
// with keepdims=0.
#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<std::vector<std::int64_t>> axes_of(const Call& call) {
  const std::int64_t rank = static_cast<std::int64_t>(call.dims(0).size());
  std::vector<std::int64_t> axes = call.node.integers("axes", {});
  if (call.has(1)) axes = SLUICE_TRY(call.integers(1, "axes"));
  if (axes.empty() && call.node.integer("noop_with_empty_axes", 0) == 0) {
    axes.resize(rank);
    std::iota(axes.begin(), axes.end(), 0);
  }
  return normal_axes(axes, rank);
}

// The input's shape with the reduced axes set to 1.
ir::Dims kept(const ir::Dims& dims, const std::vector<std::int64_t>& axes) {
  ir::Dims out = dims;
  for (std::int64_t axis : axes) out[axis] = 1;
  return out;
}

Result<ir::Dims> shape_rule(const Call& call) {
  const std::vector<std::int64_t> axes = SLUICE_TRY(axes_of(call));
  const int since = call.node.op == "ReduceSum" ? 13 : 18;
  if (call.has(1) && call.opset < since)
    return user_error("axes is an input since opset {}, the model says {}", since, call.opset);
  if (call.node.integer("keepdims", 1) != 0) return kept(call.dims(0), axes);
  ir::Dims out;
  for (std::size_t axis = 0; axis < call.dims(0).size(); ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)))
      out.push_back(call.dims(0)[axis]);
  }
  return out;
}

// Joins all numbers that end up in one place, from `first` on.
template <typename Sum, typename Number, typename Join>
std::vector<Sum> joined(const std::vector<Number>& numbers, const ir::Dims& dims, const ir::Dims& reduced, Sum first,
                        Join join) {
  std::vector<Sum> results(static_cast<std::size_t>(ir::element_count(reduced)), first);
  for_each_index(dims, broadcast_strides(reduced, dims), 0,
                 [&](std::int64_t from, std::int64_t to) { results[to] = join(results[to], numbers[from]); });
  return results;
}

Result<ir::Tensor> mean(const Call& call, const ir::Dims& out) {
  const ir::Tensor& map = call.value(0);
  if (map.is_integer()) return user_error("averages integers; only float is possible");
  if (map.values.empty()) return user_error("the input is empty");
  const std::vector<std::int64_t> axes = SLUICE_TRY(axes_of(call));
  const ir::Dims reduced = kept(map.dims, axes);
  const auto sums = joined(map.values, map.dims, reduced, 0.0, std::plus<>());
  const double count = static_cast<double>(map.size()) / static_cast<double>(sums.size());
  ir::Tensor result = ir::Tensor::zeros(out);
  for (std::size_t i = 0; i < sums.size(); ++i) result.values[i] = static_cast<float>(sums[i] / count);
  return result;
}

// `first` is what nothing is reduced to. Integers wrap like their type.
template <typename Join>
Result<ir::Tensor> reduce(const Call& call, const ir::Dims& out, double first, std::int64_t first_integer, Join join) {
  const ir::Tensor& map = call.value(0);
  const std::vector<std::int64_t> axes = SLUICE_TRY(axes_of(call));
  const ir::Dims reduced = kept(map.dims, axes);
  ir::Tensor result = empty_like(out, map.type);
  if (map.is_integer()) {
    result.integers = joined(map.integers, map.dims, reduced, first_integer, join);
    for (std::int64_t& number : result.integers) number = wrap(number, map.type);
    return result;
  }
  const auto numbers =
      joined(map.values, map.dims, reduced, first, [&](double a, float b) { return join(a, static_cast<double>(b)); });
  for (std::size_t i = 0; i < numbers.size(); ++i) result.values[i] = static_cast<float>(numbers[i]);
  return result;
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
using Integers = std::numeric_limits<std::int64_t>;

Result<ir::Tensor> largest(const Call& call, const ir::Dims& out) {
  return reduce(call, out, -kInfinity, Integers::min(), [](auto a, auto b) { return std::max(a, b); });
}

Result<ir::Tensor> least(const Call& call, const ir::Dims& out) {
  return reduce(call, out, kInfinity, Integers::max(), [](auto a, auto b) { return std::min(a, b); });
}

template <typename T>
T wrapping(T a, T b, bool is_product) {
  if constexpr (std::is_floating_point_v<T>) return is_product ? a * b : a + b;
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  return static_cast<T>(is_product ? x * y : x + y);
}

Result<ir::Tensor> product(const Call& call, const ir::Dims& out) {
  return reduce(call, out, 1, 1, [](auto a, auto b) { return wrapping(a, b, true); });
}

Result<ir::Tensor> sum_over_axes(const Call& call, const ir::Dims& out) {
  return reduce(call, out, 0, 0, [](auto a, auto b) { return wrapping(a, b, false); });
}

Operator reduction(const char* name, int axes_until, Result<ir::Tensor> (*evaluate)(const Call&, const ir::Dims&)) {
  return {.name = name,
          .most_inputs = 2,
          .attributes = {{"axes", AttributeKind::integers, 1, axes_until},
                         {"keepdims", AttributeKind::integer},
                         {"noop_with_empty_axes", AttributeKind::integer, axes_until + 1}},
          .shape = shape_rule,
          .evaluate = evaluate};
}

}  // namespace

const Operator& reduce_max() {
  static const Operator record = reduction("ReduceMax", 17, largest);
  return record;
}

const Operator& reduce_mean() {
  static const Operator record = reduction("ReduceMean", 17, mean);
  return record;
}

const Operator& reduce_min() {
  static const Operator record = reduction("ReduceMin", 17, least);
  return record;
}

const Operator& reduce_prod() {
  static const Operator record = reduction("ReduceProd", 17, product);
  return record;
}

const Operator& reduce_sum() {
  static const Operator record = reduction("ReduceSum", 12, sum_over_axes);
  return record;
}

}  // namespace sluice::ops
