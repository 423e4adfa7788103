// SPDX-License-Identifier: Apache-2.0
// Before opset 14 there is no HardSwish, and exporters write x * clip(x + 3, 0, 6) / 6 in whatever order they like.
// All orders have one core, the gate: clip(x + c, 0, h), which is h * hard_sigmoid(x; 1/h, c/h). So three steps:
//   1. gate / h, or gate * (1/h)                 becomes HardSigmoid(x)
//   2. (x * gate) / h, or (x * gate) * (1/h)     becomes HardSwish(x), where h and c are ONNX's 6 and 3
//   3. x * HardSigmoid(x; 1/6, 1/2)              becomes HardSwish(x)
// A gate that others read too stays where it is for them.
//
// Preserved: every value up to float rounding and 1e-4 of the constants, which exporters round in their own ways.
// Before: constants folded. After: none of these patterns is left; each result is equal up to float rounding.
#include "compiler/passes/recognise_hard_swish.hpp"

#include <cmath>

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool is_close(float a, float b) { return std::fabs(a - b) <= 1e-4f * std::fabs(b); }

// y = x * factor, from Mul by a constant on either side or Div by one.
struct Scaled {
  std::string value;
  float factor;
};

std::optional<Scaled> scaled(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != "Mul" && node.op != "Div") return std::nullopt;
  if (const auto number = constant_number(graph, node.inputs[1])) {
    return Scaled{node.inputs[0], node.op == "Mul" ? *number : 1.0f / *number};
  }
  if (node.op == "Mul") {
    if (const auto number = constant_number(graph, node.inputs[0])) return Scaled{node.inputs[1], *number};
  }
  return std::nullopt;
}

// clip(x + offset, 0, height)
struct Gate {
  std::string x;
  float offset;
  float height;
};

std::optional<float> bound(const ir::Graph& graph, const ir::Node& clip, std::size_t index, const char* key) {
  if (clip.inputs.size() > index && !clip.inputs[index].empty()) return constant_number(graph, clip.inputs[index]);
  if (clip.attributes.count(key) == 0) return std::nullopt;
  return clip.real(key, 0.0f);
}

std::optional<Gate> gate_of(const ir::Graph& graph, const std::string& value) {
  const ir::Node* clip = graph.producer(value);
  if (!clip || clip->op != "Clip") return std::nullopt;
  const auto low = bound(graph, *clip, 1, "min"), high = bound(graph, *clip, 2, "max");
  if (low != 0.0f || !high || !(*high > 0)) return std::nullopt;
  const ir::Node* add = graph.producer(clip->inputs[0]);
  if (!add || add->op != "Add") return std::nullopt;
  for (const std::size_t constant : {0u, 1u}) {
    const auto offset = constant_number(graph, add->inputs[constant]);
    const std::string& x = add->inputs[1 - constant];
    // A constant that stretches x to a larger shape would be more than an offset.
    if (offset && graph.shapes.at(x) == graph.shapes.at(add->outputs[0])) return Gate{x, *offset, *high};
  }
  return std::nullopt;
}

bool is_standard(float alpha, float beta) { return is_close(alpha, 1.0f / 6) && is_close(beta, 0.5f); }

void become(ir::Node& node, const char* op, const std::string& x) {
  node.op = op;
  node.inputs = {x};
  node.attributes.clear();
}

// Steps 1 and 2 on a Mul or Div by a constant.
bool rewrite_scaled(ir::Graph& graph, ir::Node& node) {
  const auto part = scaled(graph, node);
  if (!part || graph.shapes.at(part->value) != graph.shapes.at(node.outputs[0])) return false;
  if (const auto gate = gate_of(graph, part->value)) {
    if (!is_close(part->factor * gate->height, 1.0f)) return false;
    become(node, "HardSigmoid", gate->x);
    node.attributes = {{"alpha", 1.0f / gate->height}, {"beta", gate->offset / gate->height}};
    return true;
  }
  const ir::Node* product = graph.producer(part->value);
  if (!product || product->op != "Mul") return false;
  for (const std::size_t side : {0u, 1u}) {
    const auto gate = gate_of(graph, product->inputs[side]);
    if (!gate || gate->x != product->inputs[1 - side] || !is_close(part->factor * gate->height, 1.0f)) continue;
    if (!is_standard(1.0f / gate->height, gate->offset / gate->height)) continue;
    become(node, "HardSwish", gate->x);
    return true;
  }
  return false;
}

// Step 3.
bool rewrite_product(ir::Graph& graph, ir::Node& node) {
  if (node.op != "Mul") return false;
  for (const std::size_t side : {0u, 1u}) {
    const ir::Node* sigmoid = graph.producer(node.inputs[side]);
    if (!sigmoid || sigmoid->op != "HardSigmoid" || sigmoid->inputs[0] != node.inputs[1 - side]) continue;
    if (!is_standard(sigmoid->real("alpha", 0.2f), sigmoid->real("beta", 0.5f))) continue;
    become(node, "HardSwish", sigmoid->inputs[0]);
    return true;
  }
  return false;
}

}  // namespace

Status recognise_hard_swish(ir::Graph& graph) {
  // Topological order: what a node reads has been rewritten before it.
  for (ir::Node& node : graph.nodes) {
    if (!rewrite_scaled(graph, node)) rewrite_product(graph, node);
  }
  return ok();
}

}  // namespace sluice::passes
