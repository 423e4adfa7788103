// SPDX-License-Identifier: Apache-2.0
// auto_pad splits the padding that is missing for ceil(input / stride) windows; ceil_mode lets a last window hang over
// the map. ops/window.hpp solves both. After this pass a window is kernel_shape, strides, pads and (Conv) dilations.
//
// A hanging window of MaxPool is a pad at the end, since padding never wins. One of AveragePool that does not count
// padding is too; one that counts the stated pads but not what hangs over has no such form and keeps ceil_mode.
//
// Preserved: the windows and what each of them covers.
// Before: shapes inferred. After: no auto_pad, no ceil_mode but for that case; lists are complete.
#include "compiler/passes/resolve_windows.hpp"

#include <algorithm>

#include "compiler/ops/window.hpp"

namespace sluice::passes {
namespace {

using List = std::vector<std::int64_t>;

Status resolve(ir::Graph& graph, ir::Node& node) {
  ops::Call call{node, graph.opset, {}};
  for (const std::string& value : node.inputs)
    call.inputs.push_back({value.empty() ? nullptr : &graph.shapes.at(value), nullptr});
  if (call.dims(0).size() != 4) return ok();
  List kernel;
  if (node.op == "Conv") kernel.assign(call.dims(1).begin() + 2, call.dims(1).end());
  const ops::Window w = SLUICE_TRY(ops::window_of(call, kernel));
  List pads{w.pad_begin[0], w.pad_begin[1], w.pad_end[0], w.pad_end[1]};
  const bool counts_pads = node.op == "AveragePool" && node.integer("count_include_pad", 0) != 0;
  bool hangs = false;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t extent = (w.kernel[axis] - 1) * w.dilation[axis] + 1;
    const std::int64_t needed = (w.out[axis] - 1) * w.stride[axis] + extent - w.in[axis] - w.pad_begin[axis];
    hangs |= needed > w.pad_end[axis];
    if (!counts_pads) pads[axis + 2] = std::max(pads[axis + 2], needed);
  }
  node.attributes.erase("auto_pad");
  if (!(counts_pads && hangs)) node.attributes.erase("ceil_mode");
  node.attributes["kernel_shape"] = List{w.kernel[0], w.kernel[1]};
  node.attributes["strides"] = List{w.stride[0], w.stride[1]};
  node.attributes["pads"] = pads;
  if (node.op != "AveragePool") node.attributes["dilations"] = List{w.dilation[0], w.dilation[1]};
  return ok();
}

}  // namespace

Status resolve_windows(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Conv" && node.op != "MaxPool" && node.op != "AveragePool") continue;
    SLUICE_CHECK(resolve(graph, node));
  }
  return ok();
}

}  // namespace sluice::passes
