// SPDX-License-Identifier: Apache-2.0
// Range: numbers from a first one, in equal steps, up to a limit that is left out.
// Definition: ONNX Range-11: max(ceil((limit - start) / delta), 0) numbers, number i is start + i * delta.
// Before: all three are constant numbers of one kind. After: a list of that kind.
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Tensor* start = SLUICE_TRY(call.constant(0, "start"));
  const ir::Tensor* limit = SLUICE_TRY(call.constant(1, "limit"));
  const ir::Tensor* delta = SLUICE_TRY(call.constant(2, "delta"));
  if (start->size() != 1 || limit->size() != 1 || delta->size() != 1)
    return user_error("start, limit and delta must be one number each");
  if (start->type != limit->type || start->type != delta->type)
    return user_error("start, limit and delta are of different types");
  const auto number = [](const ir::Tensor& tensor) {
    return tensor.is_integer() ? static_cast<double>(tensor.integers[0]) : static_cast<double>(tensor.values[0]);
  };
  const double count = std::ceil((number(*limit) - number(*start)) / number(*delta));
  if (!(count <= static_cast<double>(ir::kMaxElements)))
    return user_error("from {} to {} by {} is no list of numbers", number(*start), number(*limit), number(*delta));
  return ir::Dims{static_cast<std::int64_t>(std::max(count, 0.0))};
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor &start = call.value(0), &delta = call.value(2);
  ir::Tensor result = empty_like(out, start.type);
  for (std::size_t i = 0; i < result.integers.size(); ++i)
    result.integers[i] = wrap(static_cast<std::int64_t>(static_cast<std::uint64_t>(start.integers[0]) +
                                                        i * static_cast<std::uint64_t>(delta.integers[0])),
                              start.type);
  for (std::size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = static_cast<float>(start.values[0] + static_cast<double>(i) * delta.values[0]);
  return result;
}

}  // namespace

const Operator& range() {
  static const Operator record{
      .name = "Range", .since_opset = 11, .least_inputs = 3, .most_inputs = 3, .shape = shape_rule, .evaluate = run};
  return record;
}

}  // namespace sluice::ops
