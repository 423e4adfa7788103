// SPDX-License-Identifier: Apache-2.0
// ReduceMean: the mean over some axes; over height and width it is a global average pool.
// Definition: ONNX ReduceMean-1, -11, -13 (axes is an attribute), -18 (axes is an input).
// Before: axes are constant. After: the named axes are 1, or gone with keepdims=0.
#include <algorithm>
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
  if (call.has(1) && call.opset < 18)
    return user_error("axes is an input since opset 18, the model says {}", call.opset);
  if (call.node.integer("keepdims", 1) != 0) return kept(call.dims(0), axes);
  ir::Dims out;
  for (std::size_t axis = 0; axis < call.dims(0).size(); ++axis) {
    if (!std::binary_search(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)))
      out.push_back(call.dims(0)[axis]);
  }
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& map = call.value(0);
  if (map.is_integer()) return user_error("averages integers; only float is possible");
  const std::vector<std::int64_t> axes = SLUICE_TRY(axes_of(call));
  const ir::Dims reduced = kept(map.dims, axes);
  std::vector<double> sums(ir::element_count(reduced), 0.0);
  for_each_index(map.dims, broadcast_strides(reduced, map.dims), 0,
                 [&](std::int64_t from, std::int64_t to) { sums[to] += map.values[from]; });
  if (map.values.empty()) return user_error("the input is empty");
  const double count = static_cast<double>(map.size()) / static_cast<double>(sums.size());
  ir::Tensor result = ir::Tensor::zeros(out);
  for (std::size_t i = 0; i < sums.size(); ++i) result.values[i] = static_cast<float>(sums[i] / count);
  return result;
}

}  // namespace

const Operator& reduce_mean() {
  static const Operator record{.name = "ReduceMean",
                               .most_inputs = 2,
                               .attributes = {{"axes", AttributeKind::integers, 1, 17},
                                              {"keepdims", AttributeKind::integer},
                                              {"noop_with_empty_axes", AttributeKind::integer, 18}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
