// SPDX-License-Identifier: Apache-2.0
// AveragePool: the mean under a sliding window.
// Definition: ONNX AveragePool-7, -10, -11, and -19 with dilations of 1. What is divided by: the pixels of the picture
// under the window, or with count_include_pad also the stated pads (never what ceil_mode adds beyond them).
// Before: map of 1 to 3 spatial axes. After: one mean per window.
#include <algorithm>

#include "compiler/ops/window.hpp"
#include "runtime/base/errors.hpp"

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

// Pixels under the window, stated pads included.
std::int64_t padded_size(const Window& w, const Window::Extent& at) {
  std::int64_t size = 1;
  for (std::size_t axis = 0; axis < at.size(); ++axis) {
    const std::int64_t first = at[axis] * w.stride[axis] - w.pad_begin[axis];
    size *= std::min(w.kernel[axis], w.in[axis] + w.pad_end[axis] - first);
  }
  return size;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  if (call.value(0).is_integer()) return user_error("averages integers; only float is possible");
  const bool count_pads = call.node.integer("count_include_pad", 0) != 0;
  ir::Tensor result = ir::Tensor::zeros(out);
  float* to = result.values.data();
  for (std::int64_t m = 0; m < out[0] * out[1]; ++m) {
    const float* map = call.value(0).values.data() + m * w.pixels();
    w.for_each_window([&](const Window::Extent& at) {
      float sum = 0;
      std::int64_t seen = 0;
      w.for_each_tap(at, [&](std::int64_t pixel, std::int64_t) {
        sum += map[pixel];
        ++seen;
      });
      const std::int64_t count = count_pads ? padded_size(w, at) : seen;
      *to++ = count > 0 ? sum / static_cast<float>(count) : 0.0f;
    });
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
