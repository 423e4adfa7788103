// SPDX-License-Identifier: Apache-2.0
// The device convolves over all channels, or over one (depthwise), with taps side by side. A grouped convolution is one
// over all channels whose weights are 0 outside the group; a dilated one has zeros between its taps. Engines that skip
// zero weights skip these too. What grows beyond reason is left as it is, and refused by name.
//
// Preserved: every result; the new weights are all 0.
// Before: constant weights, windows resolved. After: every Conv within bounds is ungrouped or depthwise with one filter
// per channel, without dilation; results are equal.
#include "compiler/passes/expand_windows.hpp"

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

constexpr std::int64_t kMaxWeights = std::int64_t{1} << 24;

using List = std::vector<std::int64_t>;

void expand_groups(ir::Graph& graph, ir::Node& conv) {
  const ir::Tensor& old = graph.initialisers.at(conv.inputs[1]);
  const std::int64_t group = conv.integer("group", 1), filters = old.dims[0], inside = old.dims[1];
  const bool is_depthwise = inside == 1 && filters == group;
  if (group == 1 || is_depthwise || old.size() > kMaxWeights / group) return;
  ir::Tensor weights = ir::Tensor::zeros({filters, inside * group, old.dims[2], old.dims[3]});
  const std::int64_t block = inside * old.dims[2] * old.dims[3], per_group = filters / group;
  for (std::int64_t f = 0; f < filters; ++f) {
    const auto from = old.values.begin() + static_cast<std::ptrdiff_t>(f * block);
    std::copy(from, from + static_cast<std::ptrdiff_t>(block),
              weights.values.begin() + static_cast<std::ptrdiff_t>((f * group + f / per_group) * block));
  }
  conv.inputs[1] = add_initialiser(graph, conv.name + "_ungrouped", std::move(weights));
  conv.attributes["group"] = std::int64_t{1};
}

void expand_dilation(ir::Graph& graph, ir::Node& conv) {
  const ir::Tensor& old = graph.initialisers.at(conv.inputs[1]);
  const List step = conv.integers("dilations", {1, 1});
  const std::int64_t height = (old.dims[2] - 1) * step[0] + 1, width = (old.dims[3] - 1) * step[1] + 1;
  if ((step[0] == 1 && step[1] == 1) || height > 255 || width > 255 ||
      old.dims[0] * old.dims[1] > kMaxWeights / (height * width))
    return;
  ir::Tensor weights = ir::Tensor::zeros({old.dims[0], old.dims[1], height, width});
  std::size_t from = 0;
  for (std::int64_t plane = 0; plane < old.dims[0] * old.dims[1]; ++plane) {
    for (std::int64_t y = 0; y < old.dims[2]; ++y) {
      for (std::int64_t x = 0; x < old.dims[3]; ++x) {
        weights.values[static_cast<std::size_t>((plane * height + y * step[0]) * width + x * step[1])] =
            old.values[from++];
      }
    }
  }
  conv.inputs[1] = add_initialiser(graph, conv.name + "_undilated", std::move(weights));
  conv.attributes["kernel_shape"] = List{height, width};
  conv.attributes["dilations"] = List{1, 1};
}

}  // namespace

Status expand_windows(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Conv" || !graph.is_constant(node.inputs[1])) continue;
    const ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
    if (weights.is_integer() || weights.dims.size() != 4 || weights.size() == 0) continue;
    expand_groups(graph, node);
    expand_dilation(graph, node);
  }
  return ok();
}

}  // namespace sluice::passes
