// SPDX-License-Identifier: Apache-2.0
// Gather: entries of one axis, chosen by index; in classifiers it picks one number out of a Shape.
// Definition: ONNX Gather-1, -11 (negative indices), -13.
// Before: indices within the axis. After: the axis is replaced by the indices' dimensions.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims &data = call.dims(0), &indices = call.dims(1);
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 0), static_cast<std::int64_t>(data.size())));
  ir::Dims out(data.begin(), data.begin() + axis);
  out.insert(out.end(), indices.begin(), indices.end());
  out.insert(out.end(), data.begin() + axis + 1, data.end());
  return out;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor &data = call.value(0), &indices = call.value(1);
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 0), static_cast<std::int64_t>(data.dims.size())));
  if (!indices.is_integer()) return user_error("the indices are not integers");
  const std::int64_t length = data.dims[axis];
  const std::int64_t inner = ir::element_count({data.dims.begin() + axis + 1, data.dims.end()});
  ir::Tensor result = empty_like(out, data.type);
  std::int64_t to = 0;
  for (std::int64_t o = 0; o < ir::element_count({data.dims.begin(), data.dims.begin() + axis}); ++o) {
    for (std::int64_t index : indices.integers) {
      const std::int64_t at = SLUICE_TRY(normal_axis(index, length));
      for (std::int64_t i = 0; i < inner; ++i, ++to) {
        const std::int64_t from = (o * length + at) * inner + i;
        if (data.is_integer()) {
          result.integers[to] = data.integers[from];
        } else {
          result.values[to] = data.values[from];
        }
      }
    }
  }
  return result;
}

}  // namespace

const Operator& gather() {
  static const Operator record{.name = "Gather",
                               .least_inputs = 2,
                               .most_inputs = 2,
                               .attributes = {{"axis", AttributeKind::integer}},
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
