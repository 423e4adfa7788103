// SPDX-License-Identifier: Apache-2.0
// Cast: another type for the same numbers. All floating types are one here (float), so half and double differ from
// it only by their rounding, which is not imitated.
// Definition: ONNX Cast-6, -9, -13, -19.
// Before: a target type of element_types.hpp. After: floats truncated towards zero when integers are asked for.
#include <algorithm>
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/element_types.hpp"
#include "compiler/ops/op.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  if (!node.attributes.count("to")) return user_error("the target type is missing");
  if (!element_type(node.integer("to", 0))) {
    return user_error("casts to {}; possible are {}", element_type_name(node.integer("to", 0)), kElementTypesText);
  }
  return ok();
}

Result<ir::Dims> shape_rule(const Call& call) { return call.dims(0); }

std::int64_t to_integer(float value, ir::ElementType type) {
  if (type == ir::ElementType::boolean) return value != 0.0f;
  if (std::isnan(value)) return 0;
  // The largest floats that are safe to convert; beyond them C++ leaves the result open.
  return wrap(static_cast<std::int64_t>(std::clamp(value, -9.2e18f, 9.2e18f)), type);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& in = call.value(0);
  ir::Tensor result = empty_like(out, *element_type(call.node.integer("to", 0)));
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] = in.at(static_cast<std::int64_t>(i));
  for (std::size_t i = 0; i < result.integers.size(); ++i) {
    result.integers[i] = in.is_integer() ? wrap(in.integers[i], result.type) : to_integer(in.values[i], result.type);
  }
  return result;
}

}  // namespace

const Operator& cast() {
  static const Operator record{.name = "Cast",
                               .attributes = {{"saturate", AttributeKind::integer, 19}, {"to", AttributeKind::integer}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
