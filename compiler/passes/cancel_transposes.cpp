// SPDX-License-Identifier: Apache-2.0
// Networks from TensorFlow are channels-last, ONNX operators channels-first. Exporters put Transpose around them:
//   - after the picture, with scaling and normalisation in front of it or not: the graph's input is simply taken
//     channels-first (the loader of pictures makes either), if nothing reads it channels-last in the end;
//   - around element-wise nodes and Concat: these do not care for the order of axes, so a Transpose of all operands
//     moves after the node, and a constant operand is turned the other way;
//   - two in a row: one with the product of both orders, or none;
//   - of a map of one pixel, or of one channel to the front: a Reshape, since no number moves. With one channel an
//     exporter may write that Reshape itself, so it is taken for the Transpose that it is;
//   - before a mean, sum or maximum over height and width: it names other axes.
// One between a map and the matrix that flattens it is taken into the matrix by lift_vectors.
//
// Preserved: every number of every value that is left, and what other readers of a Transpose read.
// Before: verified, shapes inferred. After: none of these. The input's shape may have changed its order.
#include "compiler/passes/cancel_transposes.hpp"

#include <algorithm>
#include <set>

#include "compiler/ops/op.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using Order = std::vector<std::int64_t>;

Order order_of(const ir::Node& node, std::size_t rank) {
  Order reversed(rank);
  for (std::size_t i = 0; i < rank; ++i) reversed[i] = static_cast<std::int64_t>(rank - 1 - i);
  return node.integers("perm", reversed);
}

const Order kToChannelsFirst{0, 3, 1, 2}, kToChannelsLast{0, 2, 3, 1};

bool is_elementwise(const ir::Node& node) {
  const std::string& op = node.op;
  return is_activation(node) || op == "Add" || op == "Sub" || op == "Mul" || op == "Div" || op == "Sum";
}

// [N, H, W, 1] to [N, 1, H, W] or back moves no number, and is what a Transpose of one channel does.
void name_transpose(const ir::Graph& graph, ir::Node& node) {
  if (!is_reshape(node)) return;
  const ir::Dims &in = graph.shapes.at(node.inputs[0]), &out = graph.shapes.at(node.outputs[0]);
  if (in.size() != 4 || out.size() != 4) return;
  for (const Order& order : {kToChannelsFirst, kToChannelsLast}) {
    const std::size_t channel = order == kToChannelsFirst ? 3 : 1;
    bool is_turned = in[channel] == 1 && in != out;
    for (std::size_t i = 0; i < 4; ++i) is_turned &= out[i] == in[static_cast<std::size_t>(order[i])];
    if (!is_turned) continue;
    node.op = "Transpose";
    node.inputs.resize(1);
    node.attributes = {{"perm", order}};
    return;
  }
}

// True when the picture comes to a Transpose to channels-first on every way, through element-wise nodes only.
bool is_channels_last(const ir::Graph& graph) {
  if (graph.shapes.at(graph.input).size() != 4) return false;
  std::vector<std::string> open{graph.input};
  std::set<std::string> seen;
  while (!open.empty()) {
    const std::string value = open.back();
    open.pop_back();
    const auto readers = graph.consumers(value);
    if (readers.empty() || value == graph.output) return false;
    for (const ir::Node* reader : readers) {
      if (reader->op == "Transpose" && order_of(*reader, 4) == kToChannelsFirst) continue;
      if (!is_elementwise(*reader) || graph.shapes.at(reader->outputs[0]) != graph.shapes.at(graph.input)) return false;
      if (seen.insert(reader->name).second) open.push_back(reader->outputs[0]);
    }
  }
  return true;
}

// The input in channels-first order, and a Transpose that gives its readers what they read; others will cancel it.
void turn_input(ir::Graph& graph) {
  const ir::Dims dims = graph.shapes.at(graph.input);
  ir::Node turn{.name = unused_name(graph, graph.input + "_channels_last"),
                .op = "Transpose",
                .inputs = {graph.input},
                .outputs = {unused_name(graph, graph.input + "_channels_last")},
                .attributes = {{"perm", kToChannelsLast}}};
  replace_uses(graph, graph.input, turn.outputs[0]);
  graph.shapes[turn.outputs[0]] = dims;
  graph.shapes[graph.input] = {dims[0], dims[3], dims[1], dims[2]};
  graph.nodes.insert(graph.nodes.begin(), std::move(turn));
}

// A constant as it must be for a value before the Transpose, which broadcasts with it as before.
Result<std::string> constant_before(ir::Graph& graph, const std::string& value, const Order& order) {
  ir::Tensor tensor = graph.initialisers.at(value);
  if (tensor.size() == 1) return value;
  tensor.dims.insert(tensor.dims.begin(), order.size() - tensor.dims.size(), 1);
  Order inverse(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  const ir::Node turn{.name = value, .op = "Transpose", .inputs = {value}, .attributes = {{"perm", inverse}}};
  ir::Tensor turned = SLUICE_TRY(ops::evaluate({turn, graph.opset, {{&tensor.dims, &tensor}}}));
  return add_initialiser(graph, value + "_turned", std::move(turned));
}

// The order that all computed operands of a node were turned by; nothing where they differ or one was not.
std::optional<Order> common_order(ir::Graph& graph, const ir::Node& node) {
  std::optional<Order> common;
  const std::size_t rank = graph.shapes.at(node.outputs[0]).size();
  for (const std::string& value : node.inputs) {
    if (value.empty()) continue;
    const ir::Dims& dims = graph.shapes.at(value);
    if (graph.is_constant(value)) {
      if (dims.size() > rank || node.op == "Concat") return std::nullopt;
      continue;
    }
    const ir::Node* turn = producer_if(graph, value, "Transpose");
    if (!turn || dims.size() != rank) return std::nullopt;
    const Order order = order_of(*turn, rank);
    if (common && *common != order) return std::nullopt;
    common = order;
  }
  return common;
}

// A Transpose after node `index`, which makes what the node made; the node itself makes a value of `before` instead.
void add_turn(ir::Graph& graph, std::size_t index, const Order& order, ir::Dims before) {
  ir::Node& node = graph.nodes[index];
  ir::Node turn{.name = unused_name(graph, node.name + "_turned"),
                .op = "Transpose",
                .inputs = {unused_name(graph, node.outputs[0] + "_turned")},
                .outputs = node.outputs,
                .attributes = {{"perm", order}}};
  node.outputs = turn.inputs;
  graph.shapes[turn.inputs[0]] = std::move(before);
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index) + 1, std::move(turn));
}

// Node(Transpose(x), Transpose(y)) as Transpose(Node(x, y)). The new Transpose is the node after.
Status sink_transpose(ir::Graph& graph, std::size_t index) {
  if (!is_elementwise(graph.nodes[index]) && graph.nodes[index].op != "Concat") return ok();
  const auto order = common_order(graph, graph.nodes[index]);
  if (!order) return ok();
  ir::Node& node = graph.nodes[index];
  for (std::string& value : node.inputs) {
    if (value.empty()) continue;
    if (graph.is_constant(value)) {
      value = SLUICE_TRY(constant_before(graph, value, *order));
    } else {
      value = graph.producer(value)->inputs[0];
    }
  }
  if (node.op == "Concat") {
    std::int64_t axis = node.integer("axis", 1);
    if (axis < 0) axis += static_cast<std::int64_t>(order->size());
    node.attributes["axis"] = (*order)[static_cast<std::size_t>(axis)];
  }
  const ir::Dims out = graph.shapes.at(node.outputs[0]);
  ir::Dims before(out.size());
  for (std::size_t i = 0; i < out.size(); ++i) before[static_cast<std::size_t>((*order)[i])] = out[i];
  add_turn(graph, index, *order, std::move(before));
  return ok();
}

// True when the axes longer than 1 keep their order: then no number moves.
bool moves_nothing(const ir::Dims& dims, const Order& order) {
  std::int64_t last = -1;
  for (const std::int64_t axis : order) {
    if (dims[static_cast<std::size_t>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

// Means over {1, 2} of a channels-last view are means over {2, 3} of the map. Where these axes are kept, the view comes
// after it.
void turn_reduction(ir::Graph& graph, std::size_t index) {
  ir::Node& mean = graph.nodes[index];
  const ir::Node* transpose = producer_if(graph, mean.inputs[0], "Transpose");
  if (!transpose || order_of(*transpose, graph.shapes.at(mean.inputs[0]).size()) != kToChannelsLast) return;
  Order axes = mean.integers("axes", {});
  if (mean.inputs.size() > 1 && graph.is_constant(mean.inputs[1]))
    axes = graph.initialisers.at(mean.inputs[1]).integers;
  for (std::int64_t& axis : axes) axis = axis < 0 ? axis + 4 : axis;
  std::sort(axes.begin(), axes.end());
  if (axes != Order{1, 2}) return;
  mean.inputs[0] = transpose->inputs[0];
  if (mean.inputs.size() > 1) {
    mean.inputs[1] = add_initialiser(graph, mean.name + "_axes", ir::Tensor::of_integers({2, 3}));
  } else {
    mean.attributes["axes"] = Order{2, 3};
  }
  if (mean.integer("keepdims", 1) == 0) return;
  const ir::Dims last = graph.shapes.at(mean.outputs[0]);
  add_turn(graph, index, kToChannelsLast, {last[0], last[3], last[1], last[2]});
}

}  // namespace

Status cancel_transposes(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) name_transpose(graph, node);
  if (is_channels_last(graph)) turn_input(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    SLUICE_CHECK(sink_transpose(graph, i));
    const std::string op = graph.nodes[i].op;
    if (op == "ReduceMean" || op == "ReduceSum" || op == "ReduceMax") turn_reduction(graph, i);
    if (graph.nodes[i].op != "Transpose") continue;
    ir::Node& node = graph.nodes[i];
    Order order = order_of(node, graph.shapes.at(node.inputs[0]).size());
    if (const ir::Node* first = producer_if(graph, node.inputs[0], "Transpose")) {
      const Order before = order_of(*first, order.size());
      for (std::int64_t& axis : order) axis = before[static_cast<std::size_t>(axis)];
      node.inputs[0] = first->inputs[0];
      node.attributes["perm"] = order;
    }
    if (!std::is_sorted(order.begin(), order.end())) continue;
    const std::string value = node.inputs[0];
    remove_node(graph, i--, value);
  }
  // Only now, when no other Transpose looks for these.
  for (ir::Node& node : graph.nodes) {
    if (node.op != "Transpose") continue;
    const ir::Dims& in = graph.shapes.at(node.inputs[0]);
    if (!moves_nothing(in, order_of(node, in.size()))) continue;
    const ir::Dims out = graph.shapes.at(node.outputs[0]);
    node.op = "Reshape";
    node.inputs = {node.inputs[0], add_initialiser(graph, node.name + "_shape", ir::Tensor::of_integers(out))};
    node.attributes.clear();
  }
  return ok();
}

}  // namespace sluice::passes
