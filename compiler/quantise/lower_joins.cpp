// SPDX-License-Identifier: Apache-2.0
// Add, Mul (squeeze-excite), Concat: a record each.
#include <algorithm>

#include "compiler/quantise/layer_lowering.hpp"
#include "compiler/quantise/lowering.hpp"
#include "compiler/quantise/output_range.hpp"
#include "runtime/bundle/layers/output_code.hpp"

namespace sluice {
namespace {

Status lower_add(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::add));
  SLUICE_CHECK(
      lowering.requantise(node, layer, {lowering.scale_of(node.inputs[0]), lowering.scale_of(node.inputs[1])}));
  lowering.finish(node, std::move(layer));
  return ok();
}

CodeRange add_range(const Layer& layer, const std::vector<CodeRange>& operands) {
  const auto sum = [&](int x, int y) {
    return sluice_add(x, layer.multiplier[0], y, layer.multiplier[1], layer.shift, layer.clamp_low, layer.clamp_high);
  };
  return {sum(operands[0].low, operands[1].low), sum(operands[0].high, operands[1].high)};
}

Status lower_scale(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::scale));
  SLUICE_CHECK(
      lowering.requantise(node, layer, {lowering.scale_of(node.inputs[0]) * lowering.scale_of(node.inputs[1])}));
  lowering.finish(node, std::move(layer));
  return ok();
}

CodeRange scale_range(const Layer& layer, const std::vector<CodeRange>& operands) {
  const CodeRange &map = operands[0], &gates = operands[1];
  return hull({requantised(layer, map.low * gates.low), requantised(layer, map.low * gates.high),
               requantised(layer, map.high * gates.low), requantised(layer, map.high * gates.high)});
}

// One layer joins two maps; a node with more inputs becomes a chain, from the first map on.
Status lower_concat(Lowering& lowering, const ir::Node& node) {
  ir::Node pair = node;
  int joined = 0, channels = 0;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    pair.inputs = {node.inputs[0], node.inputs[i]};
    Layer layer = SLUICE_TRY(lowering.begin(pair, LayerKind::concat));
    if (i > 1) {
      layer.inputs[0] = joined;
      layer.input.channels = channels;
    }
    const bool is_last = i + 1 == node.inputs.size();
    const MapShape joining = SLUICE_TRY(map_of(lowering.graph, node.inputs[i]));
    channels = layer.input.channels + joining.channels;
    if (!is_last) layer.output.channels = channels;
    if (is_last)
      lowering.finish(node, std::move(layer));
    else
      joined = lowering.finish_part(std::move(layer));
  }
  return ok();
}

CodeRange concat_range(const Layer&, const std::vector<CodeRange>& operands) {
  return {std::min(operands[0].low, operands[1].low), std::max(operands[0].high, operands[1].high)};
}

}  // namespace

const LayerLowering& add_lowering() {
  static const LayerLowering record{.op = "Add", .lower = lower_add, .range = add_range};
  return record;
}

const LayerLowering& scale_lowering() {
  static const LayerLowering record{.op = "Mul", .lower = lower_scale, .range = scale_range};
  return record;
}

const LayerLowering& concat_lowering() {
  static const LayerLowering record{.op = "Concat", .lower = lower_concat, .range = concat_range};
  return record;
}

}  // namespace sluice
