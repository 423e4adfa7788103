// SPDX-License-Identifier: Apache-2.0
// Adding, subtracting, multiplying and dividing by one number per channel are all y[c] = factor[c] * x[c] + offset[c].
// BatchNormalization with mean 0, variance 1 and epsilon 0 says just that, in every opset and for maps and rows alike.
// A Sum of several operands is written as a chain of Add first; x + x is 2 * x, -x is -1 * x, and a - b is a + -1 * b.
//
// Preserved: every number up to float rounding (x / k becomes x * (1 / k)); an operand that the constant would stretch
// to a larger shape is left alone. Before: constants folded, hard-swish recognised (its constants must not be taken
// apart). After: no element-wise node with a constant operand that is one number per channel; Sum, and
// Neg and Sub of computed maps and rows, are gone.
#include "compiler/passes/arithmetic_to_affine.hpp"

#include "compiler/ops/axes.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

struct Affine {
  std::string x;
  std::vector<float> factor, offset;
};

std::optional<Affine> affine_of(const ir::Graph& graph, const ir::Node& node) {
  const ir::Dims& dims = graph.shapes.at(node.outputs[0]);
  if (dims.size() != 4 && dims.size() != 2) return std::nullopt;
  const std::size_t channels = static_cast<std::size_t>(dims[1]);
  if (node.op == "Add" && node.inputs[0] == node.inputs[1] && !graph.is_constant(node.inputs[0])) {
    return Affine{node.inputs[0], std::vector<float>(channels, 2.0f), std::vector<float>(channels, 0.0f)};
  }
  if (node.op == "Neg")
    return Affine{node.inputs[0], std::vector<float>(channels, -1.0f), std::vector<float>(channels, 0.0f)};
  for (const std::size_t side : {1u, 0u}) {
    if (graph.is_constant(node.inputs[1 - side]) || graph.shapes.at(node.inputs[1 - side]) != dims) continue;
    const auto constant = constant_per_channel(graph, node.inputs[side], dims);
    if (!constant || (node.op == "Div" && side == 0)) continue;
    Affine affine{node.inputs[1 - side], std::vector<float>(channels, 1.0f), std::vector<float>(channels, 0.0f)};
    for (std::size_t c = 0; c < channels; ++c) {
      const float k = (*constant)[c];
      if (node.op == "Add") affine.offset[c] = k;
      if (node.op == "Mul") affine.factor[c] = k;
      if (node.op == "Div") affine.factor[c] = 1.0f / k;
      if (node.op == "Sub") affine.offset[c] = side == 1 ? -k : k;
      if (node.op == "Sub" && side == 0) affine.factor[c] = -1.0f;
    }
    return affine;
  }
  return std::nullopt;
}

// Sum(a, b, c) as Add(Add(a, b), c): constants last, so that they end up alone on one side.
Status unroll_sums(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "Sum" || graph.nodes[i].inputs.size() < 2) continue;
    const ir::Node sum = graph.nodes[i];
    std::string left = sum.inputs[0];
    for (std::size_t k = 1; k < sum.inputs.size(); ++k) {
      const bool is_last = k + 1 == sum.inputs.size();
      ir::Node add{.name = sum.name, .op = "Add", .inputs = {left, sum.inputs[k]}, .outputs = sum.outputs};
      if (is_last) {
        graph.nodes[i] = std::move(add);
        break;
      }
      add.name = unused_name(graph, sum.name + "_" + std::to_string(k));
      add.outputs = {unused_name(graph, sum.outputs[0] + "_" + std::to_string(k))};
      left = add.outputs[0];
      graph.shapes[left] = SLUICE_TRY(ops::broadcast(graph.shapes.at(add.inputs[0]), graph.shapes.at(add.inputs[1])));
      graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(i++), std::move(add));
    }
  }
  return ok();
}

// a - b of two computed values as a + (-1) * b, which joins what makes b.
void negate_subtrahend(ir::Graph& graph, std::size_t index) {
  const ir::Node sub = graph.nodes[index];
  const ir::Dims dims = graph.shapes.at(sub.inputs[1]);
  if (dims.size() != 4 && dims.size() != 2) return;
  ir::Node minus{.name = unused_name(graph, sub.name + "_minus"), .outputs = {unused_name(graph, sub.name + "_minus")}};
  const auto channels = static_cast<std::size_t>(dims[1]);
  make_normalisation(graph, minus, sub.inputs[1], std::vector<float>(channels, -1.0f),
                     std::vector<float>(channels, 0.0f));
  graph.shapes[minus.outputs[0]] = dims;
  graph.nodes[index].op = "Add";
  graph.nodes[index].inputs[1] = minus.outputs[0];
  graph.nodes.insert(graph.nodes.begin() + static_cast<std::ptrdiff_t>(index), std::move(minus));
}

}  // namespace

Status arithmetic_to_affine(ir::Graph& graph) {
  SLUICE_CHECK(unroll_sums(graph));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    ir::Node& node = graph.nodes[i];
    if (node.op != "Add" && node.op != "Sub" && node.op != "Mul" && node.op != "Div" && node.op != "Neg") continue;
    if (auto affine = affine_of(graph, node)) {
      make_normalisation(graph, node, affine->x, std::move(affine->factor), std::move(affine->offset));
    } else if (node.op == "Sub" && !graph.is_constant(node.inputs[0]) && !graph.is_constant(node.inputs[1])) {
      negate_subtrahend(graph, i++);
    }
  }
  return ok();
}

}  // namespace sluice::passes
