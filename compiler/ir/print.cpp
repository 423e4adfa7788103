// SPDX-License-Identifier: Apache-2.0
// Prints a graph as text, one node a line.
//
// Why: `--dump-after` and golden tests need a form that people read and that diffs well: no address, no order that
// depends on a run, numbers written shortest.
//
//   input %x 1x3x8x8
//   %y = Conv(%x, w[4x3x3x3]) {pads=[1,1,1,1]} relu  # conv_1
//   output %y
//
// Before: any graph. After: the text; shapes stand where infer_shapes has filled them in.
#include <cmath>

#include <fmt/format.h>

#include "compiler/ir/curve.hpp"

namespace sluice::ir {
namespace {

template <typename T>
std::string list_text(const std::vector<T>& items) {
  std::string text;
  for (const T& item : items) text += fmt::format("{}{}", text.empty() ? "" : ",", item);
  return "[" + text + "]";
}

struct AttributeText {
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(float number) const { return fmt::format("{}", number); }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(const std::vector<std::int64_t>& numbers) const { return list_text(numbers); }
  std::string operator()(const std::vector<float>& numbers) const { return list_text(numbers); }
  std::string operator()(const Tensor& tensor) const { return "tensor[" + to_text(tensor.dims) + "]"; }
};

// Short constants are shown as numbers: shapes and clip bounds are what a reader looks for.
std::string value_text(const Graph& graph, const std::string& value) {
  if (value.empty()) return "-";
  auto found = graph.initialisers.find(value);
  if (found == graph.initialisers.end()) return "%" + value;
  const Tensor& tensor = found->second;
  if (tensor.is_integer() && tensor.integers.size() <= 8) return value + "=" + list_text(tensor.integers);
  if (!tensor.is_integer() && tensor.values.size() == 1) return fmt::format("{}={}", value, tensor.values[0]);
  return value + "[" + to_text(tensor.dims) + "]";
}

std::string activation_text(const Activation& activation) {
  std::string curve;
  if (activation.curve != Curve::none) {
    curve = fmt::format(" {}[{},{}]", to_text(activation.curve), activation.alpha, activation.beta);
  }
  if (!activation.low && !activation.high) return curve;
  if (activation.low == 0.0f && !activation.high) return curve + " relu";
  if (activation.low == 0.0f && activation.high == 6.0f) return curve + " relu6";
  return curve + fmt::format(" clamp[{},{}]", activation.low ? fmt::format("{}", *activation.low) : "-",
                             activation.high ? fmt::format("{}", *activation.high) : "-");
}

std::string node_text(const Graph& graph, const Node& node) {
  std::string outputs;
  for (const std::string& output : node.outputs) outputs += (outputs.empty() ? "%" : ", %") + output;
  std::string inputs;
  for (const std::string& input : node.inputs) inputs += (inputs.empty() ? "" : ", ") + value_text(graph, input);
  std::string attributes;
  for (const auto& [key, value] : node.attributes) {
    attributes += (attributes.empty() ? "" : " ") + key + "=" + std::visit(AttributeText{}, value);
  }
  if (!attributes.empty()) attributes = " {" + attributes + "}";
  return outputs + " = " + node.op + "(" + inputs + ")" + attributes + activation_text(node.activation) + "  # " +
         node.name + "\n";
}

}  // namespace

std::string print(const Graph& graph) {
  auto shape = [&](const std::string& value) {
    auto found = graph.shapes.find(value);
    return found == graph.shapes.end() ? std::string() : " " + to_text(found->second);
  };
  std::string text = "input %" + graph.input + shape(graph.input) + "\n";
  for (const Node& node : graph.nodes) text += node_text(graph, node);
  text += "output %" + graph.output + shape(graph.output) + "\n";
  for (const Node& node : graph.host_tail) text += "host " + node_text(graph, node);
  return text;
}

}  // namespace sluice::ir
