// SPDX-License-Identifier: Apache-2.0
// One rule per operator of the normal form, in order of execution (see value_bounds.hpp).
#include "compiler/quantise/value_bounds.hpp"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

constexpr double kNone = -std::numeric_limits<double>::infinity();

double behind_activation(const ir::Activation& activation, double low) {
  if (activation.curve == ir::Curve::hard_sigmoid) low = 0;
  // x * (alpha x + beta) is least at x = -beta / (2 alpha).
  if (activation.curve == ir::Curve::hard_swish)
    low = activation.alpha > 0 ? -activation.beta * activation.beta / (4 * activation.alpha) : kNone;
  return activation.low ? std::max<double>(low, *activation.low) : low;
}

}  // namespace

std::map<std::string, double> lower_bounds(const ir::Graph& graph) {
  std::map<std::string, double> bounds{{graph.input, kNone}};
  const auto bound_of = [&](const std::string& value) {
    const auto found = bounds.find(value);
    return found == bounds.end() ? kNone : found->second;
  };
  for (const ir::Node& node : graph.nodes) {
    double low = kNone;
    if (node.op == "Add") {
      low = bound_of(node.inputs[0]) + bound_of(node.inputs[1]);
    } else if (node.op == "Mul") {
      low = bound_of(node.inputs[0]) >= 0 && bound_of(node.inputs[1]) >= 0 ? 0 : kNone;
    } else if (node.op == "MaxPool") {
      low = bound_of(node.inputs[0]);
    } else if (node.op == "AveragePool" || node.op == "GlobalAveragePool") {
      low = std::min(0.0, bound_of(node.inputs[0]));  // padding counts as 0
    } else if (node.op == "Concat") {
      low = std::numeric_limits<double>::infinity();
      for (const std::string& input : node.inputs) low = std::min(low, bound_of(input));
    }
    bounds[node.outputs[0]] = behind_activation(node.activation, low);
  }
  return bounds;
}

}  // namespace sluice
