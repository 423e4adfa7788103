// SPDX-License-Identifier: Apache-2.0
// GlobalMaxPool: the largest number of each channel's map.
// Definition: ONNX GlobalMaxPool-1, -22.
// Before: a map of rank 3 or more. After: the spatial extents are 1.
#include <algorithm>

#include "compiler/ops/global_pool.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& map = call.value(0);
  if (map.is_integer()) return user_error("the input is integer; only float is possible");
  ir::Tensor result = ir::Tensor::zeros(out);
  if (map.size() == 0) return user_error("the input is empty");
  const std::int64_t pixels = map.size() / result.size();
  for (std::int64_t m = 0; m < result.size(); ++m) {
    const auto first = map.values.begin() + m * pixels;
    result.values[static_cast<std::size_t>(m)] = *std::max_element(first, first + pixels);
  }
  return result;
}

}  // namespace

const Operator& global_max_pool() {
  static const Operator record{.name = "GlobalMaxPool", .shape = global_pool_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
