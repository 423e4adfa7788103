// SPDX-License-Identifier: Apache-2.0
// One rule per operator (see value_range.hpp).
// Before and after: as the header says.
#include "compiler/ir/value_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/ir/curve.hpp"

namespace sluice::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

Range of_constant(const Tensor& tensor) {
  if (tensor.size() == 0 || tensor.is_text()) return {};
  Range range{kInfinity, -kInfinity};
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    if (std::isnan(tensor.at(i))) return {};
    range = range.hull({tensor.at(i), tensor.at(i)});
  }
  return range;
}

// The ends of x * y. Zero times infinity is 0 here: an infinite end stands for numbers as large as one likes.
Range product(const Range& x, const Range& y) {
  const auto times = [](double a, double b) { return a == 0 || b == 0 ? 0 : a * b; };
  const auto [low, high] =
      std::minmax({times(x.low, y.low), times(x.low, y.high), times(x.high, y.low), times(x.high, y.high)});
  return {low, high};
}

Range after_activation(const Activation& activation, const Range& range) {
  const Range made = activation.curve == Curve::none ? range : curve_range(activation, range);
  return made.clamped(clamp_of(activation));
}

// The nodes whose results are some of the numbers that they read.
bool only_moves(const std::string& op) {
  return op == "MaxPool" || op == "GlobalAveragePool" || op == "GlobalMaxPool" || op == "ReduceMean" ||
         op == "ReduceMax" || op == "Identity" || op == "Dropout" || op == "Transpose" || op == "Flatten" ||
         op == "Reshape" || op == "Squeeze" || op == "Unsqueeze" || op == "Slice" || op == "Split" || op == "Gather" ||
         op == "Expand";
}

// Codes are bounded by their type, and real values by what the codes of it stand for.
Range of_quantisation(const Graph& graph, const Node& node, const Range& input) {
  const auto constant = [&](std::size_t i) -> const Tensor* {
    if (node.inputs.size() <= i || node.inputs[i].empty()) return nullptr;
    const auto found = graph.initialisers.find(node.inputs[i]);
    return found == graph.initialisers.end() ? nullptr : &found->second;
  };
  const bool has_zero = node.inputs.size() > 2 && !node.inputs[2].empty();
  const Tensor* zero = constant(2);
  if (node.op == "QuantizeLinear") return code_range(graph, node).value_or(Range{});
  if (has_zero && !zero) return {};
  const Tensor* scale = constant(1);
  if (!scale) return {};
  const Range shift = zero ? of_constant(*zero) : Range{0, 0};
  return product({input.low - shift.high, input.high - shift.low}, of_constant(*scale));
}

// `in(i)`: range of an operand. Asked for only where a rule reads it: a convolution's weights are many.
template <typename In>
Range of_node(const Graph& graph, const Node& node, In in) {
  const std::string& op = node.op;
  if (op == "Add" || op == "Sub") {
    const Range x = in(0), y = in(1);
    return op == "Add" ? Range{x.low + y.low, x.high + y.high} : Range{x.low - y.high, x.high - y.low};
  }
  if (op == "Mul") return product(in(0), in(1));
  if (op == "Relu") return in(0).clamped({0, kInfinity});
  if (op == "Clip") {
    const auto bounds = clip_range(graph, node);
    return bounds ? in(0).clamped(*bounds) : Range{};
  }
  if (op == "Softmax") return {0, 1};
  if (const auto curve = curve_of(node)) return curve_range(*curve, in(0));
  if (op == "QuantizeLinear" || op == "DequantizeLinear") return of_quantisation(graph, node, in(0));
  if (op == "AveragePool") return node.is_padded() ? in(0).hull({0, 0}) : in(0);
  if (op == "Concat") {
    Range all = in(0);
    for (std::size_t i = 1; i < node.inputs.size(); ++i) all = all.hull(in(i));
    return all;
  }
  return only_moves(op) ? in(0) : Range{};
}

}  // namespace

Range clamp_of(const Activation& activation) {
  Range range;
  if (activation.low) range.low = *activation.low;
  if (activation.high) range.high = *activation.high;
  return range;
}

std::optional<Range> clip_range(const Graph& graph, const Node& clip) {
  Range range;
  for (const auto& [index, key, bound] : {std::tuple{1u, "min", &range.low}, {2u, "max", &range.high}}) {
    if (clip.inputs.size() > index && !clip.inputs[index].empty()) {
      const auto found = graph.initialisers.find(clip.inputs[index]);
      if (found == graph.initialisers.end() || found->second.size() != 1 || std::isnan(found->second.at(0)))
        return std::nullopt;
      *bound = found->second.at(0);
    } else if (clip.attributes.count(key) != 0) {
      *bound = clip.real(key, 0.0f);
      if (std::isnan(*bound)) return std::nullopt;
    }
  }
  // The largest float is how exporters write "no bound".
  if (range.low <= std::numeric_limits<float>::lowest()) range.low = -kInfinity;
  if (range.high >= std::numeric_limits<float>::max()) range.high = kInfinity;
  // Where the bounds cross, ONNX's Clip makes everything its maximum.
  range.low = std::min(range.low, range.high);
  return range;
}

std::optional<Range> code_range(ElementType type) {
  switch (type) {
    case ElementType::int8:
      return Range{-128, 127};
    case ElementType::uint8:
      return Range{0, 255};
    case ElementType::int4:
      return Range{-8, 7};
    case ElementType::uint4:
      return Range{0, 15};
    case ElementType::int16:
      return Range{-32768, 32767};
    case ElementType::uint16:
      return Range{0, 65535};
    default:
      return std::nullopt;
  }
}

ElementType stated_code_type(std::int64_t onnx) {
  switch (onnx) {
    case 3:
      return ElementType::int8;
    case 4:
      return ElementType::uint16;
    case 5:
      return ElementType::int16;
    case 21:
      return ElementType::uint4;
    case 22:
      return ElementType::int4;
    default:
      return ElementType::uint8;
  }
}

std::optional<Range> code_range(const Graph& graph, const Node& quantise) {
  if (quantise.inputs.size() <= 2 || quantise.inputs[2].empty())
    return code_range(stated_code_type(quantise.integer("output_dtype", 0)));
  const auto zero = graph.initialisers.find(quantise.inputs[2]);
  return zero == graph.initialisers.end() ? std::nullopt : code_range(zero->second.type);
}

std::optional<Range> quant_codes(const Node& quant, double bits) {
  if (!(bits >= 1 && bits <= 32) || bits != std::floor(bits)) return std::nullopt;
  const double lost = quant.integer("narrow", 0) != 0 ? 1 : 0;
  if (quant.integer("signed", 1) == 0) return Range{0, std::exp2(bits) - 1 - lost};
  return Range{-std::exp2(bits - 1) + lost, std::exp2(bits - 1) - 1};
}

std::map<std::string, Range> value_ranges(const Graph& graph, const Range& input) {
  std::map<std::string, Range> ranges{{graph.input, input}};
  for (const Node& node : graph.nodes) {
    const auto in = [&](std::size_t i) {
      if (i >= node.inputs.size()) return Range{};
      const auto computed = ranges.find(node.inputs[i]);
      if (computed != ranges.end()) return computed->second;
      const auto constant = graph.initialisers.find(node.inputs[i]);
      return constant != graph.initialisers.end() ? of_constant(constant->second) : Range{};
    };
    const Range made = after_activation(node.activation, of_node(graph, node, in));
    ranges[node.outputs[0]] = made;
  }
  return ranges;
}

}  // namespace sluice::ir
