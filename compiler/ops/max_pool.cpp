// SPDX-License-Identifier: Apache-2.0
// MaxPool: the largest number under a sliding window; padding never wins.
// Definition: ONNX MaxPool-1, -8, -10, -11, -12, first output only (no Indices, which storage_order is about).
// Before: map of rank 4 (3 is seen as height 1). After: one number per window.
#include <algorithm>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/window.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  return w.result(call.dims(0), call.dims(0)[1]);
}

template <typename T>
void pool(const std::vector<T>& in, std::vector<T>& out, const Window& w, std::int64_t maps, T lowest) {
  for (std::int64_t m = 0; m < maps; ++m) {
    const T* map = in.data() + m * w.in[0] * w.in[1];
    T* result = out.data() + m * w.out[0] * w.out[1];
    for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
      for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
        T best = lowest;
        for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
          const std::int64_t y = oy * w.stride[0] - w.pad_begin[0] + ky * w.dilation[0];
          if (y < 0 || y >= w.in[0]) continue;
          for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
            const std::int64_t x = ox * w.stride[1] - w.pad_begin[1] + kx * w.dilation[1];
            if (x >= 0 && x < w.in[1]) best = std::max(best, map[y * w.in[1] + x]);
          }
        }
        *result++ = best;
      }
    }
  }
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  const ir::Tensor& map = call.value(0);
  ir::Tensor result = empty_like(out, map.type);
  if (map.is_integer()) {
    pool(map.integers, result.integers, w, out[0] * out[1], std::numeric_limits<std::int64_t>::min());
  } else {
    pool(map.values, result.values, w, out[0] * out[1], -std::numeric_limits<float>::infinity());
  }
  return result;
}

}  // namespace

const Operator& max_pool() {
  static const Operator record{.name = "MaxPool",
                               .attributes = window_attributes({{"ceil_mode", AttributeKind::integer, 10},
                                                                {"dilations", AttributeKind::integers, 10},
                                                                {"storage_order", AttributeKind::integer, 8}}),
                               .accept = accept_window,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
