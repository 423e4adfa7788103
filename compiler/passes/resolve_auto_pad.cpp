// SPDX-License-Identifier: Apache-2.0
// SAME_UPPER and SAME_LOWER ask for ceil(input / stride) windows; the odd pixel of padding goes to the end or to the
// beginning (ONNX, Conv). Behind this pass padding is four numbers.
//
// Before: shapes inferred. After: no Conv or pool has auto_pad.
#include "compiler/passes/resolve_auto_pad.hpp"

#include <algorithm>

namespace sluice::passes {

Status resolve_auto_pad(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Conv" && node.op != "MaxPool" && node.op != "AveragePool") continue;
    const std::string mode = node.text("auto_pad", "NOTSET");
    node.attributes.erase("auto_pad");
    if (mode == "NOTSET") continue;
    std::vector<std::int64_t> pads(4, 0);
    if (mode != "VALID") {
      const ir::Dims& in = graph.shapes.at(node.inputs[0]);
      std::vector<std::int64_t> kernel = node.integers("kernel_shape", {});
      if (kernel.empty()) {
        const ir::Dims& weights = graph.shapes.at(node.inputs[1]);
        kernel = {weights[2], weights[3]};
      }
      const auto strides = node.integers("strides", {1, 1}), dilations = node.integers("dilations", {1, 1});
      for (std::size_t axis = 0; axis < 2; ++axis) {
        const std::int64_t windows = (in[axis + 2] + strides[axis] - 1) / strides[axis];
        const std::int64_t reach = (kernel[axis] - 1) * dilations[axis] + 1;
        const std::int64_t total = std::max<std::int64_t>(0, (windows - 1) * strides[axis] + reach - in[axis + 2]);
        const std::int64_t lesser = total / 2;
        pads[axis] = mode == "SAME_UPPER" ? lesser : total - lesser;
        pads[axis + 2] = total - pads[axis];
      }
    }
    node.attributes["pads"] = pads;
  }
  return ok();
}

}  // namespace sluice::passes
