// SPDX-License-Identifier: Apache-2.0
// Conv: the operator everything is about.
// Definition: ONNX Conv-1, -11: weights filters x (channels / group) x height x width, bias per filter, zero padding.
// The loops here are the definition; the float interpreter runs ops/fast_conv instead, which is tested against them.
// Before: map of rank 4 (3 is seen as height 1). After: one map per filter, of the window's extent.
#include "compiler/ops/window.hpp"

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

// One output number: products over the window and the group's channels.
float dot(const ir::Tensor& map, const ir::Tensor& weights, const Window& w, std::int64_t first_map, std::int64_t filter,
          std::int64_t oy, std::int64_t ox) {
  float sum = 0;
  const std::int64_t channels = weights.dims[1];
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
      const std::int64_t y = oy * w.stride[0] - w.pad_begin[0] + ky * w.dilation[0];
      if (y < 0 || y >= w.in[0]) continue;
      for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
        const std::int64_t x = ox * w.stride[1] - w.pad_begin[1] + kx * w.dilation[1];
        if (x < 0 || x >= w.in[1]) continue;
        sum += map.values[((first_map + c) * w.in[0] + y) * w.in[1] + x] *
               weights.values[((filter * channels + c) * w.kernel[0] + ky) * w.kernel[1] + kx];
      }
    }
  }
  return sum;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor &map = call.value(0), &weights = call.value(1);
  if (map.is_integer() || weights.is_integer()) return user_error("convolves integers; only float is possible");
  const Window w = SLUICE_TRY(window(call));
  ir::Tensor result = ir::Tensor::zeros(out);
  const std::int64_t filters = out[1], per_group = filters / call.node.integer("group", 1);
  std::int64_t position = 0;
  for (std::int64_t n = 0; n < out[0]; ++n) {
    for (std::int64_t f = 0; f < filters; ++f) {
      const float bias = call.has(2) ? call.value(2).at(f) : 0.0f;
      const std::int64_t first_map = n * map.dims[1] + f / per_group * weights.dims[1];
      for (std::int64_t y = 0; y < w.out[0]; ++y) {
        for (std::int64_t x = 0; x < w.out[1]; ++x) {
          result.values[position++] = dot(map, weights, w, first_map, f, y, x) + bias;
        }
      }
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
