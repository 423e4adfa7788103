// SPDX-License-Identifier: Apache-2.0
// Reductions along axes: ReduceMean, Sum, Max, Min, Prod, L1, L2, SumSquare, LogSum, LogSumExp; ArgMax, ArgMin, TopK.
//
// Definition: ONNX ReduceMean-1 to -18 and its like: axes are an attribute and, since opset 18 (ReduceSum: 13), an
// input; without axes all are reduced, unless noop_with_empty_axes. Sums are doubles. ArgMax, ArgMin-1 to -13: the
// first of equal numbers, or the last with select_last_index. TopK-1 to -11: of equal numbers the first comes first.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

template <double (*add)(double, double), double (*finish)(double, double)>
Result<Values> reduced_from(const Call& call, double start) {
  const Value& in = call[0];
  const auto rank = static_cast<std::int64_t>(in.dims.size());
  const Dims list = SLUICE_TRY(call.list(1, "axes", {}));
  std::set<std::size_t> axes = SLUICE_TRY(axes_of(list, rank));
  if (list.empty()) {
    if (call.attributes.integer("noop_with_empty_axes", 0) != 0) return one(in);
    for (std::size_t i = 0; i < in.dims.size(); ++i) axes.insert(i);
  }
  Dims kept = in.dims, dims;
  for (const std::size_t axis : axes) kept[axis] = 1;
  const bool keeps = call.attributes.integer("keepdims", 1) != 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (keeps || axes.count(i) == 0) dims.push_back(kept[i]);
  }
  Value out = Value::zeros_like(in, kept);
  std::vector<double> sums(static_cast<std::size_t>(out.size()), start);
  const auto targets = broadcast_indices(kept, in.dims);
  for (std::int64_t i = 0; i < in.size(); ++i) {
    double& sum = sums[static_cast<std::size_t>(broadcast_index(targets, i))];
    sum = add(sum, in.at(i));
  }
  const double count = sums.empty() ? 0 : static_cast<double>(in.size()) / static_cast<double>(sums.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const double result = finish(sums[i], count);
    if (out.is_integer())
      out.integers[i] = static_cast<std::int64_t>(result);
    else
      out.reals[i] = static_cast<float>(result);
  }
  out.dims = std::move(dims);
  return one(std::move(out));
}

double sum_of(double all, double x) { return all + x; }
double product_of(double all, double x) { return all * x; }
double largest_of(double all, double x) { return std::max(all, x); }
double least_of(double all, double x) { return std::min(all, x); }
double magnitudes_of(double all, double x) { return all + std::fabs(x); }
double squares_of(double all, double x) { return all + x * x; }
double exponentials_of(double all, double x) { return all + std::exp(x); }
double itself(double all, double) { return all; }
double mean_of(double all, double count) { return all / count; }
double root_of(double all, double) { return std::sqrt(all); }
double log_of(double all, double) { return std::log(all); }

template <double (*add)(double, double), double (*finish)(double, double)>
Result<Values> reduced(const Call& call) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  return reduced_from<add, finish>(call, add == product_of   ? 1.0
                                         : add == largest_of ? -kInfinity
                                         : add == least_of   ? kInfinity
                                                             : 0.0);
}

template <int direction>
Result<Values> arg_extreme(const Call& call) {
  const Value& in = call[0];
  const auto rank = static_cast<std::int64_t>(in.dims.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 0), rank));
  const bool takes_last = call.attributes.integer("select_last_index", 0) != 0;
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < in.dims.size(); ++i) inner *= in.dims[i];
  const std::int64_t length = in.dims[axis], rows = length > 0 ? in.size() / length : 0;
  std::vector<std::int64_t> places(static_cast<std::size_t>(rows), 0);
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t start = row / inner * inner * length + row % inner;
    std::int64_t& best = places[static_cast<std::size_t>(row)];
    for (std::int64_t i = 1; i < length; ++i) {
      const double lead = direction * (in.at(start + i * inner) - in.at(start + best * inner));
      if (lead > 0 || (takes_last && lead == 0)) best = i;
    }
  }
  Dims dims = in.dims;
  dims[axis] = 1;
  if (call.attributes.integer("keepdims", 1) == 0) dims.erase(dims.begin() + static_cast<std::ptrdiff_t>(axis));
  return one(Value::of_integers(std::move(dims), std::move(places)));
}

Result<Values> top_k(const Call& call) {
  const Value& in = call[0];
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", -1), static_cast<std::int64_t>(in.dims.size())));
  std::int64_t count = call.attributes.integer("k", 0);
  if (call.has(1)) {
    if (call[1].size() != 1) return user_error("the number of places is not one number");
    count = call[1].as_integers()[0];
  }
  Dims dims = in.dims;
  if (count < 0 || count > dims[axis]) return user_error("asks for {} of {} numbers", count, dims[axis]);
  dims[axis] = count;
  const double sign = call.attributes.integer("largest", 1) != 0 ? 1 : -1;
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < in.dims.size(); ++i) inner *= in.dims[i];
  const std::int64_t length = in.dims[axis], rows = length > 0 ? in.size() / length : 0;
  Value numbers = Value::zeros_like(in, dims);
  std::vector<std::int64_t> places(static_cast<std::size_t>(rows * count));
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t first = row / inner * inner * length + row % inner;
    const auto number = [&](std::int64_t i) { return sign * in.at(first + i * inner); };
    std::vector<std::int64_t> left(static_cast<std::size_t>(length));
    for (std::int64_t i = 0; i < length; ++i) left[static_cast<std::size_t>(i)] = i;
    for (std::int64_t k = 0; k < count; ++k) {
      auto best = left.begin();
      for (auto other = left.begin(); other != left.end(); ++other) {
        if (number(*other) > number(*best)) best = other;
      }
      const auto to = static_cast<std::size_t>(row / inner * inner * count + row % inner + k * inner);
      places[to] = *best;
      const auto from = static_cast<std::size_t>(first + *best * inner);
      if (in.is_integer())
        numbers.integers[to] = in.integers[from];
      else
        numbers.reals[to] = in.reals[from];
      left.erase(best);
    }
  }
  return Values{std::move(numbers), Value::of_integers(std::move(dims), std::move(places))};
}

}  // namespace

const Definitions& reduction_definitions() {
  static const Definitions all{{"ArgMax", 1, arg_extreme<1>},
                               {"ArgMin", 1, arg_extreme<-1>},
                               {"ReduceL1", 1, reduced<magnitudes_of, itself>},
                               {"ReduceL2", 1, reduced<squares_of, root_of>},
                               {"ReduceLogSum", 1, reduced<sum_of, log_of>},
                               {"ReduceLogSumExp", 1, reduced<exponentials_of, log_of>},
                               {"ReduceMax", 1, reduced<largest_of, itself>},
                               {"ReduceMean", 1, reduced<sum_of, mean_of>},
                               {"ReduceMin", 1, reduced<least_of, itself>},
                               {"ReduceProd", 1, reduced<product_of, itself>},
                               {"ReduceSum", 1, reduced<sum_of, itself>},
                               {"ReduceSumSquare", 1, reduced<squares_of, itself>},
                               {"TopK", 1, top_k}};
  return all;
}

}  // namespace sluice::definition
