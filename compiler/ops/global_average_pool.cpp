// SPDX-License-Identifier: Apache-2.0
// GlobalAveragePool: the mean of each channel's map.
// Definition: ONNX GlobalAveragePool-1.
// Before: a map of rank 3 or more. After: the spatial extents are 1.
#include "compiler/ops/global_pool.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

Result<ir::Dims> global_pool_shape(const Call& call) {
  ir::Dims out = call.dims(0);
  if (out.size() < 3) return user_error("the input is {}; a map is needed", ir::to_text(out));
  for (std::size_t axis = 2; axis < out.size(); ++axis) out[axis] = 1;
  return out;
}

namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& map = call.value(0);
  if (map.is_integer()) return user_error("averages integers; only float is possible");
  ir::Tensor result = ir::Tensor::zeros(out);
  const std::int64_t maps = out[0] * out[1];
  const std::int64_t pixels = maps ? map.size() / maps : 0;
  if (pixels == 0) return user_error("the input is empty");
  for (std::int64_t m = 0; m < maps; ++m) {
    double sum = 0;
    for (std::int64_t i = 0; i < pixels; ++i) sum += map.values[m * pixels + i];
    result.values[m] = static_cast<float>(sum / static_cast<double>(pixels));
  }
  return result;
}

}  // namespace

const Operator& global_average_pool() {
  static const Operator record{.name = "GlobalAveragePool", .shape = global_pool_shape, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
