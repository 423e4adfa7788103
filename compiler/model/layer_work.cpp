// SPDX-License-Identifier: Apache-2.0
// See layer_work.hpp.
#include "compiler/model/layer_work.hpp"

namespace sluice {

std::int64_t LayerWork::macs() const {
  if (kind == LayerKind::conv) return pixels() * window_codes() * output.channels;
  if (kind == LayerKind::depthwise) return pixels() * taps() * output.channels;
  return 0;
}

LayerWork work_of(const Layer& layer) {
  LayerWork work{layer.name, layer.kind, layer.input, layer.output, layer.window, 0};
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) work.second_operand += layer.operand(i).size();
  return work;
}

}  // namespace sluice
