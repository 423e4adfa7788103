// SPDX-License-Identifier: Apache-2.0
// DequantizeLinear: (code - zero_point) * scale.
// Definition: ONNX DequantizeLinear-10, -13 (axis), -19.
// Before: integer codes, scale per tensor or per channel. After: floats.
#include "compiler/ops/quantize.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const QuantizeAxis axis = SLUICE_TRY(quantize_axis(call));
  ir::Tensor result = ir::Tensor::zeros(out);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    const std::int64_t c = axis.channel(i);
    result.values[i] = (call.value(0).at(i) - (call.has(2) ? call.value(2).at(c) : 0.0f)) * call.value(1).at(c);
  }
  return result;
}

}  // namespace

const Operator& dequantize_linear() {
  static const Operator record{.name = "DequantizeLinear",
                               .since_opset = 10,
                               .least_inputs = 2,
                               .most_inputs = 3,
                               .attributes = {{"axis", AttributeKind::integer, 13},
                                              {"block_size", AttributeKind::integer, 21},
                                              {"output_dtype", AttributeKind::integer, 23}},
                               .accept = [](const ir::Node& node, int) { return accept_blocks(node); },
                               .shape = quantize_shape,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
