// SPDX-License-Identifier: Apache-2.0
// Concat: tensors one after the other along one axis; SqueezeNet joins channels with it, exporters build shapes.
// Definition: ONNX Concat-4, -11 (negative axis), -13.
// Before: all other dimensions agree. After: the axis is the sum.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  if (!node.attributes.count("axis")) return user_error("axis is missing");
  return ok();
}

Result<ir::Dims> shape_rule(const Call& call) {
  ir::Dims out = call.dims(0);
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 0), static_cast<std::int64_t>(out.size())));
  for (std::size_t i = 1; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return user_error("input {} is missing", i);
    ir::Dims expected = call.dims(i);
    if (expected.size() == out.size()) expected[axis] = out[axis];
    if (expected != out) {
      return user_error("input {} of {} does not fit beside {}", i, ir::to_text(call.dims(i)), ir::to_text(out));
    }
    if (__builtin_add_overflow(out[axis], call.dims(i)[axis], &out[axis])) return user_error("the result is too large");
  }
  return out;
}

// Rows of each part, one part after the other, for each outer index.
template <typename T>
void join(const std::vector<const std::vector<T>*>& parts, const std::vector<std::int64_t>& rows, std::int64_t outer,
          std::vector<T>& out) {
  auto to = out.begin();
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::size_t i = 0; i < parts.size(); ++i) to = std::copy_n(parts[i]->begin() + o * rows[i], rows[i], to);
  }
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const std::int64_t axis =
      SLUICE_TRY(normal_axis(call.node.integer("axis", 0), static_cast<std::int64_t>(out.size())));
  std::vector<const std::vector<float>*> values;
  std::vector<const std::vector<std::int64_t>*> integers;
  std::vector<std::int64_t> rows;
  for (const Operand& part : call.inputs) {
    if (part.value->is_integer() != call.value(0).is_integer()) return user_error("joins integers and floats");
    values.push_back(&part.value->values);
    integers.push_back(&part.value->integers);
    rows.push_back(ir::element_count({part.dims->begin() + axis, part.dims->end()}));
  }
  const std::int64_t outer = ir::element_count({out.begin(), out.begin() + axis});
  ir::Tensor result = empty_like(out, call.value(0).type);
  if (result.is_integer()) {
    join(integers, rows, outer, result.integers);
  } else {
    join(values, rows, outer, result.values);
  }
  return result;
}

}  // namespace

const Operator& concat() {
  static const Operator record{.name = "Concat",
                               .most_inputs = kManyInputs,
                               .attributes = {{"axis", AttributeKind::integer}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
