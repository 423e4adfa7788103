// SPDX-License-Identifier: Apache-2.0
// The device convolves over all channels, or over one (depthwise), with taps side by side. A grouped convolution is one
// over all channels whose weights are 0 outside the group; a dilated one has zeros between its taps. Engines that skip
// zero weights skip these too. Its line buffers start with a window that holds a part of the map; so a kernel whose
// first or last window holds nothing but padding is widened by zeros. What grows beyond reason is left as it is, and
// refused by name.
//
// Preserved: every result; the new weights are all 0.
// Before: constant weights, windows resolved. After: every Conv within bounds is ungrouped or depthwise with one filter
// per channel, without dilation, and every window of it holds a pixel; results are equal.
#include "compiler/passes/expand_windows.hpp"

#include <algorithm>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

constexpr std::int64_t kMaxWeights = std::int64_t{1} << 24;
constexpr std::int64_t kMaxSide = 255;

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

// The weights with each plane laid into one of height x width: tap (y, x) goes to (top + y * step_y, left + x *
// step_x).
ir::Tensor spread(const ir::Tensor& old, const List& size, const List& first, const List& step) {
  ir::Tensor weights = ir::Tensor::zeros({old.dims[0], old.dims[1], size[0], size[1]});
  std::size_t from = 0;
  for (std::int64_t plane = 0; plane < old.dims[0] * old.dims[1]; ++plane) {
    for (std::int64_t y = 0; y < old.dims[2]; ++y) {
      for (std::int64_t x = 0; x < old.dims[3]; ++x) {
        const std::int64_t row = plane * size[0] + first[0] + y * step[0];
        weights.values[static_cast<std::size_t>(row * size[1] + first[1] + x * step[1])] = old.values[from++];
      }
    }
  }
  return weights;
}

bool is_within_reason(const ir::Tensor& old, const List& size) {
  return size[0] <= kMaxSide && size[1] <= kMaxSide && old.dims[0] * old.dims[1] <= kMaxWeights / (size[0] * size[1]);
}

void expand_dilation(ir::Graph& graph, ir::Node& conv) {
  const ir::Tensor& old = graph.initialisers.at(conv.inputs[1]);
  const List step = conv.integers("dilations", {1, 1});
  const List size{(old.dims[2] - 1) * step[0] + 1, (old.dims[3] - 1) * step[1] + 1};
  if ((step[0] == 1 && step[1] == 1) || !is_within_reason(old, size)) return;
  conv.inputs[1] = add_initialiser(graph, conv.name + "_undilated", spread(old, size, {0, 0}, step));
  conv.attributes["kernel_shape"] = size;
  conv.attributes["dilations"] = List{1, 1};
}

// Zeros after the last tap for a first window, and before the first tap for a last one, that would hold no pixel.
void widen_beyond_pads(ir::Graph& graph, ir::Node& conv) {
  const ir::Tensor& old = graph.initialisers.at(conv.inputs[1]);
  if (conv.integers("dilations", {1, 1}) != List{1, 1}) return;
  const ir::Dims &in = graph.shapes.at(conv.inputs[0]), &out = graph.shapes.at(conv.outputs[0]);
  const List stride = conv.integers("strides", {1, 1});
  List pads = conv.integers("pads", {0, 0, 0, 0}), size{old.dims[2], old.dims[3]}, first{0, 0};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t last_start = (out[axis + 2] - 1) * stride[axis] - pads[axis];
    const std::int64_t zeros_before = std::max<std::int64_t>(0, last_start - in[axis + 2] + 1);
    const std::int64_t zeros_after = std::max<std::int64_t>(0, pads[axis] - size[axis] + 1);
    first[axis] = zeros_before;
    size[axis] += zeros_before + zeros_after;
    pads[axis] += zeros_before;
    pads[axis + 2] += zeros_after;
  }
  if (size == List{old.dims[2], old.dims[3]} || !is_within_reason(old, size)) return;
  conv.inputs[1] = add_initialiser(graph, conv.name + "_widened", spread(old, size, first, {1, 1}));
  conv.attributes["kernel_shape"] = size;
  conv.attributes["pads"] = pads;
}

}  // namespace

Status expand_windows(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Conv" || !graph.is_constant(node.inputs[1])) continue;
    const ir::Tensor& weights = graph.initialisers.at(node.inputs[1]);
    if (weights.is_integer() || weights.dims.size() != 4 || weights.size() == 0) continue;
    expand_groups(graph, node);
    expand_dilation(graph, node);
    widen_beyond_pads(graph, node);
  }
  return ok();
}

}  // namespace sluice::passes
