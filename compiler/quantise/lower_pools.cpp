// SPDX-License-Identifier: Apache-2.0
// MaxPool, AveragePool, GlobalAveragePool: a record each.
#include "compiler/quantise/layer_lowering.hpp"
#include "compiler/quantise/lowering.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/bundle/layers/output_code.hpp"

namespace sluice {
namespace {

// Does the last window hang over the padded map along one axis?
bool hangs_over(int windows, int stride, int kernel, int input, int pads) {
  return (windows - 1) * stride + kernel > input + pads;
}

Status finish_average(Lowering& lowering, const ir::Node& node, Layer layer, std::int64_t count) {
  const int bits = lowering.codes.of(node.inputs[0]).stored_bits;
  const std::int64_t largest = std::int64_t{1} << (bits - 1);
  if (count * largest >= std::int64_t{1} << 31) {
    return user_error(
        "{}: the sum of {} codes of {} bits may leave 32 bits; average in two steps, or plan with --precision int8",
        node.label(), count, bits);
  }
  SLUICE_CHECK(lowering.requantise(node, layer, {lowering.scale_of(node.inputs[0]) / static_cast<double>(count)}));
  lowering.finish(node, std::move(layer));
  return ok();
}

// Of an average of so many codes.
CodeRange average_range(const Layer& layer, const CodeRange& input, int count) {
  return {requantised(layer, count * input.low), requantised(layer, count * input.high)};
}

// A maximum changes no scale. Windows that hang over the map (ceil_mode) are fine: what is outside never wins.
Status lower_max_pool(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::max_pool));
  layer.window = window_of(node, node.integers("kernel_shape", {}));
  lowering.finish(node, std::move(layer));
  return ok();
}

Status lower_average_pool(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::average_pool));
  layer.window = window_of(node, node.integers("kernel_shape", {}));
  const Window& w = layer.window;
  if (hangs_over(layer.output.height, w.stride_h, w.kernel_h, layer.input.height, w.pad_top + w.pad_bottom) ||
      hangs_over(layer.output.width, w.stride_w, w.kernel_w, layer.input.width, w.pad_left + w.pad_right)) {
    return user_error(
        "{}: average pooling whose last window hangs over the map (ceil_mode) is not on the device; "
        "export with ceil_mode=0",
        node.label());
  }
  return finish_average(lowering, node, std::move(layer), w.taps());
}

Status lower_global_average_pool(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::global_average_pool));
  const std::int64_t count = layer.input.pixels();
  return finish_average(lowering, node, std::move(layer), count);
}

}  // namespace

const LayerLowering& max_pool_lowering() {
  static const LayerLowering record{
      .op = "MaxPool",
      .lower = lower_max_pool,
      .range = [](const Layer&, const std::vector<CodeRange>& operands) { return operands[0]; },
  };
  return record;
}

const LayerLowering& average_pool_lowering() {
  static const LayerLowering record{
      .op = "AveragePool",
      .lower = lower_average_pool,
      .range =
          [](const Layer& layer, const std::vector<CodeRange>& operands) {
            return average_range(layer, operands[0], layer.window.kernel_h * layer.window.kernel_w);
          },
  };
  return record;
}

const LayerLowering& global_average_pool_lowering() {
  static const LayerLowering record{
      .op = "GlobalAveragePool",
      .lower = lower_global_average_pool,
      .range =
          [](const Layer& layer, const std::vector<CodeRange>& operands) {
            return average_range(layer, operands[0], layer.input.height * layer.input.width);
          },
  };
  return record;
}

}  // namespace sluice
