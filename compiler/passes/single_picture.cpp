// SPDX-License-Identifier: Apache-2.0
// A model exported with a batch of 8 computes eight pictures that know nothing of each other, if no node mixes them or
// asks how many there are. Then one picture is computed as each of them was. Where the batch is written down, in the
// shape of a Reshape, it becomes 1.
//
// The idea: every computed value keeps the batch as its first axis, and each operator is one that works on each entry
// of that axis alone. All or nothing: one node that does not leaves the graph as it is, and normal_form says that the
// batch is the cause.
//
// Preserved: the result of each picture.
// Before: constants folded, so that no shape is computed any more. After: the input's batch is 1, or as before.
#include "compiler/passes/single_picture.hpp"

#include <algorithm>
#include <set>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

using List = std::vector<std::int64_t>;

bool is_one_of(const std::string& op, std::initializer_list<const char*> ops) {
  return std::any_of(ops.begin(), ops.end(), [&](const char* one) { return op == one; });
}

std::optional<List> constant_list(const ir::Graph& graph, const ir::Node& node, std::size_t index) {
  if (node.inputs.size() <= index) return std::nullopt;
  const auto found = graph.initialisers.find(node.inputs[index]);
  return found == graph.initialisers.end() ? std::nullopt : std::optional(found->second.integers);
}

bool has_batch(const ir::Dims& dims, std::int64_t batch) { return !dims.empty() && dims[0] == batch; }

// Constants of element-wise nodes are the same for every picture when they broadcast along the batch.
bool has_common_constants(const ir::Graph& graph, const ir::Node& node, std::size_t rank) {
  return std::all_of(node.inputs.begin(), node.inputs.end(), [&](const std::string& value) {
    if (value.empty() || !graph.is_constant(value)) return true;
    const ir::Dims& dims = graph.shapes.at(value);
    return dims.size() < rank || (dims.size() == rank && dims[0] == 1);
  });
}

bool spares_axis_zero(std::optional<List> axes, std::size_t rank) {
  return axes && !axes->empty() && std::none_of(axes->begin(), axes->end(), [&](std::int64_t axis) {
           return axis == 0 || axis == -static_cast<std::int64_t>(rank);
         });
}

bool spares_axis_zero(std::int64_t axis, std::size_t rank) { return spares_axis_zero(List{axis}, rank); }

// Does the node work on each picture alone? All its computed operands and its result have the batch first.
bool works_alone(const ir::Graph& graph, const ir::Node& node) {
  const std::string& op = node.op;
  const ir::Dims &in = graph.shapes.at(node.inputs[0]), &out = graph.shapes.at(node.outputs[0]);
  if (is_one_of(op, {"MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "Relu", "Neg", "HardSwish",
                     "HardSigmoid", "Sigmoid", "Identity", "Dropout", "Cast", "Clip"}))
    return true;
  if (is_one_of(op, {"Conv", "BatchNormalization"})) {
    return std::all_of(node.inputs.begin() + 1, node.inputs.end(),
                       [&](const std::string& value) { return value.empty() || graph.is_constant(value); });
  }
  if (is_one_of(op, {"Add", "Sub", "Mul", "Div", "Min", "Max", "Sum"}))
    return has_common_constants(graph, node, out.size());
  if (is_one_of(op, {"QuantizeLinear", "DequantizeLinear"}))
    return ir::element_count(graph.shapes.at(node.inputs[1])) == 1 ||
           spares_axis_zero(node.integer("axis", 1), in.size());
  if (op == "Concat")
    return spares_axis_zero(node.integer("axis", 1), out.size()) &&
           std::none_of(node.inputs.begin(), node.inputs.end(),
                        [&](const std::string& value) { return graph.is_constant(value); });
  if (op == "ArgMax") return spares_axis_zero(node.integer("axis", 0), in.size());
  if (is_one_of(op, {"Softmax", "LogSoftmax"}))
    return spares_axis_zero(node.integer("axis", graph.opset < 13 ? 1 : -1), in.size()) && in.size() > 1;
  if (op == "Flatten") return node.integer("axis", 1) == 1;
  if (op == "Reshape") return true;  // the batch stays first, so entries do
  if (op == "Squeeze" || op == "Unsqueeze") {
    // A Squeeze without axes would take a batch of 1 away, too.
    const auto stated = constant_list(graph, node, 1);
    return spares_axis_zero(stated ? *stated : node.integers("axes", {}), std::max(in.size(), out.size()));
  }
  if (op == "Transpose") {
    const List order = node.integers("perm", {});
    return !order.empty() && order[0] == 0;
  }
  if (op == "Gemm") {
    const bool has_one_bias = node.inputs.size() < 3 || node.inputs[2].empty() ||
                              (graph.is_constant(node.inputs[2]) &&
                               (graph.shapes.at(node.inputs[2]).size() < 2 || graph.shapes.at(node.inputs[2])[0] == 1));
    return graph.is_constant(node.inputs[1]) && node.integer("transA", 0) == 0 && has_one_bias;
  }
  if (op == "MatMul") return graph.is_constant(node.inputs[1]) && graph.shapes.at(node.inputs[1]).size() == 2;
  if (op == "Slice") return spares_axis_zero(constant_list(graph, node, 3), in.size());
  if (op == "Gather") return graph.is_constant(node.inputs[1]) && spares_axis_zero(node.integer("axis", 0), in.size());
  if (op == "Split") return spares_axis_zero(node.integer("axis", 0), in.size());
  if (is_one_of(op, {"ReduceMean", "ReduceSum", "ReduceMax"})) {
    const auto stated = constant_list(graph, node, 1);
    return spares_axis_zero(stated ? *stated : node.integers("axes", {}), in.size());
  }
  if (op == "Pad") {
    const auto stated = constant_list(graph, node, 1);
    const List pads = stated ? *stated : node.integers("pads", {});
    return pads.size() == 2 * in.size() && pads[0] == 0 && pads[in.size()] == 0;
  }
  return false;
}

}  // namespace

Status single_picture(ir::Graph& graph) {
  const ir::Dims dims = graph.shapes.at(graph.input);
  const std::int64_t batch = dims.empty() ? 1 : dims[0];
  if (dims.size() != 4 || batch <= 1) return ok();
  std::vector<ir::Node*> reshapes;
  for (ir::Node& node : graph.nodes) {
    if (node.inputs.empty()) return ok();
    for (const std::string& value : node.inputs) {
      if (!value.empty() && !graph.is_constant(value) && !has_batch(graph.shapes.at(value), batch)) return ok();
    }
    if (graph.is_constant(node.inputs[0]) && node.op != "Add" && node.op != "Mul" && node.op != "Sub") return ok();
    if (!has_batch(graph.shapes.at(node.outputs[0]), batch) || !works_alone(graph, node)) return ok();
    if (node.op == "Reshape") reshapes.push_back(&node);
  }
  for (ir::Node* node : reshapes) {
    List shape = graph.initialisers.at(node->inputs[1]).integers;
    if (shape.empty() || shape[0] != batch) continue;  // 0 and -1 follow the operand
    shape[0] = 1;
    node->inputs[1] = add_initialiser(graph, node->name + "_of_one", ir::Tensor::of_integers(std::move(shape)));
  }
  graph.shapes[graph.input][0] = 1;
  return ok();
}

}  // namespace sluice::passes
