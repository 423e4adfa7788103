// SPDX-License-Identifier: Apache-2.0
// MaxPool: the largest number under a sliding window, padding never wins; second output: where it stands.
// Definition: ONNX MaxPool-1, -8, -10, -11, -12. Indices count through the whole input, batch and channels included;
// storage_order 1 counts the pixels of a map column by column. The first of equal numbers is taken.
// Before: map of 1 to 3 spatial axes. After: one number, or one position, per window.
#include <limits>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/window.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Result<ir::Dims> shape_rule(const Call& call) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  return w.result(call.dims(0), call.dims(0)[1]);
}

// Calls take(largest, position of it in the input) for each window, in order.
template <typename T, typename Take>
void pool(const std::vector<T>& in, const Window& w, std::int64_t maps, T lowest, Take take) {
  for (std::int64_t first = 0; first < maps * w.pixels(); first += w.pixels()) {
    w.for_each_window([&](const Window::Extent& at) {
      T best = lowest;
      std::int64_t place = first;
      w.for_each_tap(at, [&](std::int64_t pixel, std::int64_t) {
        const T value = in[first + pixel];
        if (!(value > best)) return;
        best = value;
        place = first + pixel;
      });
      take(best, place);
    });
  }
}

template <typename Take>
void pool_any(const ir::Tensor& map, const Window& w, const ir::Dims& out, Take take) {
  const std::int64_t maps = out[0] * out[1];
  if (map.is_integer())
    pool(map.integers, w, maps, std::numeric_limits<std::int64_t>::min(), take);
  else
    pool(map.values, w, maps, -std::numeric_limits<float>::infinity(), take);
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  ir::Tensor result = empty_like(out, call.value(0).type);
  std::size_t next = 0;
  pool_any(call.value(0), w, out, [&](auto best, std::int64_t) {
    if constexpr (std::is_integral_v<decltype(best)>)
      result.integers[next++] = best;
    else
      result.values[next++] = best;
  });
  return result;
}

Result<ir::Tensor> run_indices(const Call& call, const ir::Dims& out) {
  const Window w = SLUICE_TRY(window_of(call, {}));
  const bool is_by_column = call.node.integer("storage_order", 0) != 0;
  if (is_by_column && out.size() != 4) return user_error("storage_order 1 is possible for height and width only");
  ir::Tensor result = empty_like(out, ir::ElementType::int64);
  std::size_t next = 0;
  pool_any(call.value(0), w, out, [&](auto, std::int64_t place) {
    const std::int64_t pixel = place % w.pixels(), y = pixel / w.in[1], x = pixel % w.in[1];
    result.integers[next++] = is_by_column ? place - pixel + x * w.in[0] + y : place;
  });
  return result;
}

std::vector<AttributeRule> attributes() {
  return window_attributes({{"ceil_mode", AttributeKind::integer, 10},
                            {"dilations", AttributeKind::integers, 10},
                            {"storage_order", AttributeKind::integer, 8}});
}

}  // namespace

const Operator& max_pool() {
  static const Operator record{.name = "MaxPool",
                               .attributes = attributes(),
                               .side_outputs = {"MaxPool.Indices"},
                               .accept = accept_window,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

const Operator& max_pool_indices() {
  static const Operator record{.name = "MaxPool.Indices",
                               .since_opset = 8,
                               .attributes = attributes(),
                               .accept = accept_window,
                               .shape = shape_rule,
                               .evaluate = run_indices};
  return record;
}

}  // namespace sluice::ops
