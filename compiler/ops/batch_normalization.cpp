// SPDX-License-Identifier: Apache-2.0
// BatchNormalization: per channel (x - mean) / sqrt(variance + epsilon) * scale + bias.
// Definition: ONNX BatchNormalization-7, -9, -14, -15, inference only. passes/fold_batchnorm removes it.
// Before: five inputs, the last four with one number per channel. After: the input's shape.
#include <cmath>

#include "compiler/ops/op.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  if (node.integer("training_mode", 0) != 0) {
    return user_error("is in training mode; export the model for inference (model.eval())");
  }
  if (node.integer("spatial", 1) != 1) return user_error("spatial=0 (statistics per pixel) is not possible");
  return ok();
}

Result<ir::Dims> shape_rule(const Call& call) {
  if (call.dims(0).size() < 2) return user_error("the input {} has no channels", ir::to_text(call.dims(0)));
  for (std::size_t i = 1; i < 5; ++i) {
    if (call.dims(i) != ir::Dims{call.dims(0)[1]}) {
      return user_error("input {} is {}, the map has {} channels", i, ir::to_text(call.dims(i)), call.dims(0)[1]);
    }
  }
  return call.dims(0);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  ir::Tensor result = call.value(0);
  for (std::size_t i = 0; i < 5; ++i) {
    if (call.value(i).is_integer()) return user_error("input {} is integer; only float is possible", i);
  }
  const std::int64_t channels = out[1];
  const std::int64_t maps = out[0] * channels;
  const std::int64_t pixels = maps ? ir::element_count(out) / maps : 0;
  for (std::int64_t map = 0; map < maps; ++map) {
    const std::int64_t c = map % channels;
    const float deviation = std::sqrt(call.value(4).values[c] + call.node.real("epsilon", 1e-5f));
    const float factor = call.value(1).values[c] / deviation;
    const float offset = call.value(2).values[c] - call.value(3).values[c] * factor;
    float* row = result.values.data() + map * pixels;
    for (std::int64_t i = 0; i < pixels; ++i) row[i] = row[i] * factor + offset;
  }
  return result;
}

}  // namespace

const Operator& batch_normalization() {
  static const Operator record{.name = "BatchNormalization",
                               .least_inputs = 5,
                               .most_inputs = 5,
                               .attributes = {{"epsilon", AttributeKind::real},
                                              {"momentum", AttributeKind::real},
                                              {"spatial", AttributeKind::integer, 1, 8},
                                              {"training_mode", AttributeKind::integer, 14}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
