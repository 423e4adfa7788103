// SPDX-License-Identifier: Apache-2.0
// What the lowering of every operator shares (see lowering.hpp).
#include "compiler/quantise/lowering.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "compiler/quantise/curve_codes.hpp"
#include "compiler/quantise/fixed_point.hpp"
#include "compiler/quantise/output_range.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {
namespace {

// Name of a layer: number and what is left of the node's name in [a-z0-9_].
std::string layer_name(std::size_t index, const std::string& origin) {
  std::string tail;
  for (const char c : origin) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (is_plain)
      tail += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!tail.empty() && tail.back() != '_')
      tail += '_';
  }
  // The end of a long name tells layers apart; its beginning is the same for all.
  if (tail.size() > 24) tail = tail.substr(tail.size() - 24);
  while (!tail.empty() && (tail.front() == '_' || tail.back() == '_')) {
    if (tail.front() == '_')
      tail.erase(0, 1);
    else
      tail.pop_back();
  }
  return fmt::format("l{:02}_{}", index, tail.empty() ? "layer" : tail);
}

// The fused clamp in codes of the output.
CodeRange clamp_of(const ir::Activation& activation, const ValueCodes& output) {
  const int limit = output.limit();
  const auto code = [&](float real) {
    return static_cast<int>(std::clamp<double>(std::round(real / output.scale()), -limit, limit));
  };
  return {activation.low ? code(*activation.low) : -limit, activation.high ? code(*activation.high) : limit};
}

}  // namespace

Result<MapShape> map_of(const ir::Graph& graph, const std::string& value) {
  const auto found = graph.shapes.find(value);
  if (found == graph.shapes.end()) return bug_error("no shape for value " + value);
  const ir::Dims& d = found->second;
  if (d.size() == 4 && d[0] == 1)
    return MapShape{static_cast<int>(d[2]), static_cast<int>(d[3]), static_cast<int>(d[1])};
  if (d.size() == 2 && d[0] == 1) return MapShape{1, 1, static_cast<int>(d[1])};
  return user_error("value {} has shape {}; maps of one picture (1xCxHxW) are possible", value, ir::to_text(d));
}

Window window_of(const ir::Node& node, const std::vector<std::int64_t>& kernel) {
  const auto strides = node.integers("strides", {1, 1});
  const auto pads = node.integers("pads", {0, 0, 0, 0});
  const auto at = [](const std::vector<std::int64_t>& v, std::size_t i) { return static_cast<int>(v[i]); };
  return {at(kernel, 0), at(kernel, 1), at(strides, 0), at(strides, 1),
          at(pads, 0),   at(pads, 1),   at(pads, 2),    at(pads, 3)};
}

Status refuse_activation(const ir::Node& node) {
  if (!node.activation.low && !node.activation.high && node.activation.curve == ir::Curve::none) return ok();
  return user_error("{}: an activation after a {} is not on the device; put it before the {}", node.label(), node.op,
                    node.op);
}

Result<Layer> Lowering::begin(const ir::Node& node, LayerKind kind, double farthest) const {
  Layer layer;
  layer.name = layer_name(result_.network.layers.size(), node.name);
  layer.origin = node.name;
  layer.kind = kind;
  for (int i = 0; i < operand_count(kind); ++i) {
    const auto found = layer_of_.find(node.inputs[std::size_t(i)]);
    if (found == layer_of_.end())
      return bug_error(node.label() + " reads a value that was not lowered: " + node.inputs[std::size_t(i)]);
    layer.inputs.push_back(found->second);
  }
  layer.input = SLUICE_TRY(map_of(graph, node.inputs[0]));
  layer.output = SLUICE_TRY(map_of(graph, node.outputs[0]));
  const ValueCodes& output = codes.of(node.outputs[0]);
  layer.output_bits = output.stored_bits;
  layer.output_scale = output.scale();
  if (!requantises(kind)) {
    SLUICE_CHECK(refuse_activation(node));
    return layer;
  }
  CodeRange clamp = clamp_of(node.activation, output);
  if (node.activation.curve != ir::Curve::none) {
    const bool has_filters = kind == LayerKind::conv || kind == LayerKind::depthwise;
    const auto found = gains.find(node.outputs[0]);
    const std::vector<double> equal(has_filters ? std::size_t(layer.output.channels) : 1, 1.0);
    auto curve = unary_curve(node.activation);
    if (!curve) return std::move(curve).error().in(node.label());
    auto codes_of_curve = curve_codes(*curve, output, clamp, found == gains.end() ? equal : found->second, farthest);
    if (!codes_of_curve) return std::move(codes_of_curve).error().in(node.label());
    layer.curve = std::move(*codes_of_curve);
    // The clamp comes after the curve; what enters the curve only saturates.
    clamp = {-limit_of(kPreActivationBits), limit_of(kPreActivationBits)};
  }
  layer.clamp_low = clamp.low;
  layer.clamp_high = clamp.high;
  return layer;
}

Status Lowering::requantise(const ir::Node& node, Layer& layer, std::vector<double> sum_scales) const {
  for (double& scale : sum_scales) scale /= layer.code_scale();
  auto factors = fixed_point(sum_scales);
  if (!factors) return std::move(factors).error().in(node.label());
  layer.multiplier = std::move(factors->multipliers);
  layer.shift = factors->shift;
  return ok();
}

void Lowering::finish(const ir::Node& node, Layer layer) {
  result_.value_of[layer.name] = node.outputs[0];
  layer_of_[node.outputs[0]] = finish_part(std::move(layer));
}

int Lowering::finish_part(Layer layer) {
  std::vector<CodeRange> operands;
  for (const int input : layer.inputs) operands.push_back(range_of_layer(input));
  ranges_.push_back(output_range(layer, operands));
  result_.network.layers.push_back(std::move(layer));
  return static_cast<int>(result_.network.layers.size()) - 1;
}

}  // namespace sluice
