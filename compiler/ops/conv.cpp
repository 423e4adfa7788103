// SPDX-License-Identifier: Apache-2.0
// Conv: the operator everything is about.
// Definition: ONNX Conv-1, -11: weights filters x (channels / group) x spatial axes, bias per filter, zero padding.
// The loops here are the definition; the float interpreter runs ops/fast_conv instead, which is tested against them.
// Before: map of 1 to 3 spatial axes. After: one map per filter, of the window's extent.
#include "compiler/ops/window.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int opset) {
  if (node.integer("group", 1) < 1) return user_error("group is {}", node.integer("group", 1));
  return accept_window(node, opset);
}

Result<Window> window(const Call& call) {
  const ir::Dims& weights = call.dims(1);
  if (weights.size() < 3) return user_error("the weights are {}", ir::to_text(weights));
  return window_of(call, {weights.begin() + 2, weights.end()});
}

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Dims &map = call.dims(0), &weights = call.dims(1);
  const std::int64_t group = call.node.integer("group", 1);
  if (map.size() != weights.size()) {
    return user_error("weights of {} do not fit a map of {}", ir::to_text(weights), ir::to_text(map));
  }
  const Window w = SLUICE_TRY(window(call));
  if (map[1] % group != 0 || weights[1] != map[1] / group || weights[0] % group != 0) {
    return user_error("weights of {} with group {} do not fit a map of {}", ir::to_text(weights), group,
                      ir::to_text(map));
  }
  if (call.has(2) && call.dims(2) != ir::Dims{weights[0]}) {
    return user_error("the bias is {}, the weights have {} filters", ir::to_text(call.dims(2)), weights[0]);
  }
  return w.result(map, weights[0]);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor &map = call.value(0), &weights = call.value(1);
  if (map.is_integer() || weights.is_integer()) return user_error("convolves integers; only float is possible");
  const Window w = SLUICE_TRY(window(call));
  ir::Tensor result = ir::Tensor::zeros(out);
  const std::int64_t filters = out[1], per_group = filters / call.node.integer("group", 1);
  std::int64_t position = 0;
  const std::int64_t channels = weights.dims[1], taps = w.kernel[0] * w.kernel[1] * w.kernel[2];
  for (std::int64_t n = 0; n < out[0]; ++n) {
    for (std::int64_t f = 0; f < filters; ++f) {
      const float bias = call.has(2) ? call.value(2).at(f) : 0.0f;
      const float* maps = map.values.data() + (n * map.dims[1] + f / per_group * channels) * w.pixels();
      const float* filter = weights.values.data() + f * channels * taps;
      w.for_each_window([&](const Window::Extent& at) {
        float sum = 0;
        for (std::int64_t c = 0; c < channels; ++c) {
          w.for_each_tap(at, [&](std::int64_t pixel, std::int64_t tap) {
            sum += maps[c * w.pixels() + pixel] * filter[c * taps + tap];
          });
        }
        result.values[position++] = sum + bias;
      });
    }
  }
  return result;
}

}  // namespace

const Operator& conv() {
  static const Operator record{
      .name = "Conv",
      .least_inputs = 2,
      .most_inputs = 3,
      .attributes = window_attributes({{"dilations", AttributeKind::integers}, {"group", AttributeKind::integer}}),
      .accept = accept,
      .shape = shape_rule,
      .evaluate = run};
  return record;
}

}  // namespace sluice::ops
