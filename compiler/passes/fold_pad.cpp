// SPDX-License-Identifier: Apache-2.0
// What a Pad adds and what a window's own pads add differ, so each window takes a Pad only where both mean the same:
//   Conv         its own padding is zeros: takes zeros
//   MaxPool      its own padding never wins: takes minus infinity, or zeros when no element of the map is negative and
//                no window lies in the padding alone
//   AveragePool  takes zeros as padding that counts, when it has no padding yet or counts it already, and no window
//                lies in the padding alone
// A Pad with zeros that is left over is a convolution with one tap and weight 1 whose own padding does the work; with
// new channels (the parameter-free shortcut of ResNets) its 0/1 weights leave those channels empty.
//
// Preserved: every result; a window that does not take the Pad still reads it.
// Before: constants folded, windows resolved. After: no constant Pad of a map, but for values other than these.
#include "compiler/passes/fold_pad.hpp"

#include <algorithm>
#include <limits>

#include "compiler/ir/value_range.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using List = std::vector<std::int64_t>;

struct Border {
  List spatial;  // top, left, bottom, right
  std::int64_t channels_before = 0, channels_after = 0;
  float value = 0;
};

// What a Pad of a map adds; nothing for other modes, the batch axis, or cutting off.
std::optional<Border> border_of(const ir::Graph& graph, const ir::Node& pad) {
  const ir::Dims &in = graph.shapes.at(pad.inputs[0]), &out = graph.shapes.at(pad.outputs[0]);
  if (pad.text("mode", "constant") != "constant" || in.size() != 4 || in[0] != out[0]) return std::nullopt;
  List pads = pad.integers("pads", {});
  List axes{0, 1, 2, 3};
  Border border;
  border.value = pad.real("value", 0.0f);
  if (pad.inputs.size() > 1 && !pad.inputs[1].empty()) {
    if (!graph.is_constant(pad.inputs[1])) return std::nullopt;
    pads = graph.initialisers.at(pad.inputs[1]).integers;
    if (pad.inputs.size() > 2 && !pad.inputs[2].empty()) {
      const auto number = constant_number(graph, pad.inputs[2]);
      if (!number) return std::nullopt;
      border.value = *number;
    }
    if (pad.inputs.size() > 3 && !pad.inputs[3].empty()) {
      if (!graph.is_constant(pad.inputs[3])) return std::nullopt;
      axes = graph.initialisers.at(pad.inputs[3]).integers;
    }
  }
  List all(8, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + 4 : axes[i]);
    all[axis] = pads[i];
    all[axis + 4] = pads[i + axes.size()];
  }
  if (all[0] != 0 || all[4] != 0 || *std::min_element(all.begin(), all.end()) < 0) return std::nullopt;
  border.spatial = {all[2], all[3], all[6], all[7]};
  border.channels_before = all[1];
  border.channels_after = all[5];
  return border;
}

// True when no window of the pool can lie in the padding alone.
bool reaches_map(const ir::Node& pool, const List& pads) {
  const List kernel = pool.integers("kernel_shape", {}), dilations = pool.integers("dilations", {1, 1});
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t extent = (kernel[axis] - 1) * dilations[axis] + 1;
    if (dilations[axis] != 1 || pads[axis] >= extent || pads[axis + 2] >= extent) return false;
  }
  return true;
}

bool takes(const ir::Graph& graph, const ir::Node& window, const std::string& value, const Border& border,
           const List& sum) {
  const List own = window.integers("pads", {0, 0, 0, 0});
  const bool has_own = std::any_of(own.begin(), own.end(), [](std::int64_t pad) { return pad != 0; });
  if (border.channels_before + border.channels_after != 0) return false;
  if (window.op == "Conv") return border.value == 0 && window.inputs[0] == value && graph.is_constant(window.inputs[1]);
  if (window.op == "MaxPool") {
    if (!reaches_map(window, sum)) return false;
    const bool never_wins = border.value <= std::numeric_limits<float>::lowest();
    return never_wins || (border.value == 0 && ir::value_ranges(graph).at(graph.producer(value)->inputs[0]).low >= 0);
  }
  if (window.op == "AveragePool") {
    return border.value == 0 && window.attributes.count("ceil_mode") == 0 &&
           (!has_own || window.integer("count_include_pad", 0) != 0) && reaches_map(window, sum);
  }
  return false;
}

// Weights of the convolution that only pads: filter f passes on channel f - channels_before.
void become_convolution(ir::Graph& graph, ir::Node& pad, const Border& border) {
  const std::int64_t in = graph.shapes.at(pad.inputs[0])[1], out = graph.shapes.at(pad.outputs[0])[1];
  const std::string map = pad.inputs[0];
  if (in == out) {
    make_depthwise(graph, pad, map, std::vector<float>(static_cast<std::size_t>(in), 1.0f),
                   std::vector<float>(static_cast<std::size_t>(in), 0.0f));
  } else {
    ir::Tensor weights = ir::Tensor::zeros({out, in, 1, 1});
    for (std::int64_t c = 0; c < in; ++c)
      weights.values[static_cast<std::size_t>((c + border.channels_before) * in + c)] = 1.0f;
    pad.op = "Conv";
    pad.inputs = {map, add_initialiser(graph, pad.name + "_wiring", std::move(weights))};
    pad.attributes = {{"kernel_shape", List{1, 1}}};
  }
  pad.attributes["pads"] = border.spatial;
}

}  // namespace

Status fold_pad(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "Pad") continue;
    const auto border = border_of(graph, graph.nodes[i]);
    if (!border) continue;
    const std::string value = graph.nodes[i].outputs[0], map = graph.nodes[i].inputs[0];
    bool is_needed = value == graph.output;
    for (ir::Node& reader : graph.nodes) {
      if (std::count(reader.inputs.begin(), reader.inputs.end(), value) == 0) continue;
      List sum = reader.integers("pads", {0, 0, 0, 0});
      for (std::size_t k = 0; k < sum.size() && k < 4; ++k) sum[k] += border->spatial[k];
      if (!takes(graph, reader, value, *border, sum)) {
        is_needed = true;
        continue;
      }
      reader.attributes["pads"] = sum;
      if (reader.op == "AveragePool") reader.attributes["count_include_pad"] = std::int64_t{1};
      reader.inputs[0] = map;
      graph.folded[graph.nodes[i].name] = reader.name;
    }
    const std::int64_t elements = graph.shapes.at(value)[1] * graph.shapes.at(map)[1];
    if (is_needed && border->value == 0 && elements <= ir::kMaxElements)
      become_convolution(graph, graph.nodes[i], *border);
  }
  return ok();
}

}  // namespace sluice::passes
