// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear: saturate(round(x / scale) + zero_point), ties to even.
// Definition: ONNX QuantizeLinear-10, -13 (axis), -19, -21 (output_dtype); the result has the zero point's type (uint8
// without one). Before: scale per tensor or per channel. After: integers of 4, 8 or 16 bits.
#include <algorithm>
#include <cmath>

#include "compiler/ir/value_range.hpp"
#include "compiler/ops/element_types.hpp"
#include "compiler/ops/quantize.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept_quantise(const ir::Node& node, int) {
  SLUICE_CHECK(accept_blocks(node));
  const std::int64_t type = node.integer("output_dtype", 0);
  const auto codes = element_type(type);
  if (type == 0 || (codes && ir::code_range(*codes))) return ok();
  return user_error("makes codes of type {}; integers of 4, 8 or 16 bits are possible", element_type_name(type));
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const QuantizeAxis axis = SLUICE_TRY(quantize_axis(call));
  // Without a zero point the attribute says it, since opset 21.
  const ir::ElementType type =
      call.has(2) ? call.value(2).type : ir::stated_code_type(call.node.integer("output_dtype", 0));
  const auto codes = ir::code_range(type);
  if (!codes) return user_error("the zero point must be an integer of 4, 8 or 16 bits");
  const auto low = static_cast<float>(codes->low), high = static_cast<float>(codes->high);
  ir::Tensor result = empty_like(out, type);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const std::int64_t c = axis.channel(i);
    const float zero = call.has(2) ? call.value(2).at(c) : 0.0f;
    const float code = std::nearbyint(call.value(0).at(i) / call.value(1).at(c)) + zero;
    result.integers[i] = std::isnan(code) ? 0 : static_cast<std::int64_t>(std::clamp(code, low, high));
  }
  return result;
}

}  // namespace

const Operator& quantize_linear() {
  static const Operator record{.name = "QuantizeLinear",
                               .since_opset = 10,
                               .least_inputs = 2,
                               .most_inputs = 3,
                               .attributes = {{"axis", AttributeKind::integer, 13},
                                              {"saturate", AttributeKind::integer, 19},
                                              {"block_size", AttributeKind::integer, 21},
                                              {"output_dtype", AttributeKind::integer, 21},
                                              {"precision", AttributeKind::integer, 23}},
                               .accept = accept_quantise,
                               .shape = quantize_shape,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
