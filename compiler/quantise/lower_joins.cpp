// SPDX-License-Identifier: Apache-2.0
// Add, Mul (squeeze-excite), Concat.
#include "compiler/quantise/lowering.hpp"

namespace sluice {

Status lower_add(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::add));
  SLUICE_CHECK(
      lowering.requantise(node, layer, {lowering.scale_of(node.inputs[0]), lowering.scale_of(node.inputs[1])}));
  lowering.finish(node, std::move(layer));
  return ok();
}

Status lower_scale(Lowering& lowering, const ir::Node& node) {
  Layer layer = SLUICE_TRY(lowering.begin(node, LayerKind::scale));
  SLUICE_CHECK(
      lowering.requantise(node, layer, {lowering.scale_of(node.inputs[0]) * lowering.scale_of(node.inputs[1])}));
  lowering.finish(node, std::move(layer));
  return ok();
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

}  // namespace sluice
