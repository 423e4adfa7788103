// SPDX-License-Identifier: Apache-2.0
// AveragePool: the mean under a sliding window.
// Definition: ONNX AveragePool-7, -10, -11, and -19 with dilations of 1. What is divided by: the pixels of the picture
// under the window, or with count_include_pad also the stated pads (never what ceil_mode adds beyond them).
// Before: map of rank 4 (3 is seen as height 1). After: one mean per window.
#include <algorithm>

#include "compiler/ops/window.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int opset) {
  for (std::int64_t dilation : node.integers("dilations", {})) {
    if (dilation != 1) return user_error("a dilated average is not possible");
  }
  return accept_window(node, opset);
}

Result<ir::Dims> shape_rule(const Call& call) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  return w.result(call.dims(0), call.dims(0)[1]);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  if (call.value(0).is_integer()) return user_error("averages integers; only float is possible");
  const bool count_pads = call.node.integer("count_include_pad", 0) != 0;
  ir::Tensor result = ir::Tensor::zeros(out);
  float* to = result.values.data();
  for (std::int64_t m = 0; m < out[0] * out[1]; ++m) {
    const float* map = call.value(0).values.data() + m * w.in[0] * w.in[1];
    for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
      const std::int64_t top = oy * w.stride[0] - w.pad_begin[0];
      const std::int64_t bottom = std::min(top + w.kernel[0], w.in[0] + w.pad_end[0]);
      const std::int64_t first_y = std::max<std::int64_t>(top, 0), last_y = std::min(bottom, w.in[0]);
      for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
        const std::int64_t left = ox * w.stride[1] - w.pad_begin[1];
        const std::int64_t right = std::min(left + w.kernel[1], w.in[1] + w.pad_end[1]);
        const std::int64_t first_x = std::max<std::int64_t>(left, 0), last_x = std::min(right, w.in[1]);
        float sum = 0;
        for (std::int64_t y = first_y; y < last_y; ++y) {
          for (std::int64_t x = first_x; x < last_x; ++x) sum += map[y * w.in[1] + x];
        }
        const std::int64_t seen = std::max<std::int64_t>(last_y - first_y, 0) * std::max<std::int64_t>(last_x - first_x, 0);
        const std::int64_t count = count_pads ? (bottom - top) * (right - left) : seen;
        *to++ = count > 0 ? sum / static_cast<float>(count) : 0.0f;
      }
    }
  }
  return result;
}

}  // namespace

const Operator& average_pool() {
  static const Operator record{.name = "AveragePool",
                               .attributes = window_attributes({{"ceil_mode", AttributeKind::integer, 10},
                                                                {"count_include_pad", AttributeKind::integer, 7},
                                                                {"dilations", AttributeKind::integers, 19}}),
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
