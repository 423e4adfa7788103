// SPDX-License-Identifier: Apache-2.0
// A clamp or a curve after a convolution, an addition, a product or an average costs nothing on the device: results are
// rounded and saturated there anyway. A clamp and a curve that never falls do not change the order of two numbers, so
// they may change places with MaxPool. Any function of single numbers may change places with Concat. That brings them
// to such a node.
//
// Preserved: both bounds of every clamp (where two meet, the tighter of each side; an open side is infinite, never
// forgotten) and what other readers of the host see: one with a second reader takes nothing.
// Before: verified, rows lifted. After: no such node of a map; one that finds nothing to join is a depthwise
// convolution with weights 1.
#include "compiler/passes/fuse_activation.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/ir/curve.hpp"
#include "compiler/ir/value_range.hpp"
#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool takes_activation(const std::string& op) {
  return op == "Conv" || op == "Add" || op == "Mul" || op == "AveragePool" || op == "GlobalAveragePool";
}

void set_clamp(ir::Activation& activation, const ir::Range& range) {
  activation.low = std::isfinite(range.low) ? std::optional(static_cast<float>(range.low)) : std::nullopt;
  activation.high = std::isfinite(range.high) ? std::optional(static_cast<float>(range.high)) : std::nullopt;
}

// Nothing when a bound is computed.
std::optional<ir::Activation> activation_of(const ir::Graph& graph, const ir::Node& node) {
  if (const auto curve = ir::curve_of(node)) return curve;
  ir::Activation activation;
  if (node.op == "Relu") activation.low = 0.0f;
  if (node.op != "Clip") return activation;
  const auto range = ir::clip_range(graph, node);
  if (!range) return std::nullopt;
  set_clamp(activation, *range);
  return activation;
}

// Two functions in a row as one, if there is one: a clamp acts on the range of whatever is before it, so the tighter
// bound of each side stays; a curve must be first.
bool combine(ir::Activation& first, const ir::Activation& second) {
  if (second.curve != ir::Curve::none) {
    if (first.curve != ir::Curve::none || first.low || first.high) return false;
    first = second;
    return true;
  }
  set_clamp(first, ir::clamp_of(first).clamped(ir::clamp_of(second)));
  return true;
}

// The nodes that would compute f(value) for nothing, found through pools and joins; empty when there are none.
std::vector<std::size_t> hosts_of(const ir::Graph& graph, const std::string& value, const ir::Activation& activation,
                                  int depth = 0) {
  const auto producer = index_of_producer(graph, value);
  if (!producer || !has_one_reader(graph, value) || depth > 8) return {};
  const ir::Node& node = graph.nodes[*producer];
  if (takes_activation(node.op)) {
    ir::Activation both = node.activation;
    return combine(both, activation) ? std::vector<std::size_t>{*producer} : std::vector<std::size_t>{};
  }
  const bool is_passing =
      node.op == "Concat" || (node.op == "MaxPool" && (activation.curve == ir::Curve::none || ir::rises(activation)));
  if (!is_passing) return {};
  std::vector<std::size_t> hosts;
  const std::size_t maps = node.op == "Concat" ? node.inputs.size() : 1;
  for (std::size_t i = 0; i < maps; ++i) {
    const auto more = hosts_of(graph, node.inputs[i], activation, depth + 1);
    if (more.empty()) return {};
    hosts.insert(hosts.end(), more.begin(), more.end());
  }
  // One map joined twice would get the function twice.
  std::sort(hosts.begin(), hosts.end());
  return std::adjacent_find(hosts.begin(), hosts.end()) == hosts.end() ? hosts : std::vector<std::size_t>{};
}

}  // namespace

Status fuse_activation(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!is_activation(graph.nodes[i])) continue;
    const auto activation = activation_of(graph, graph.nodes[i]);
    const std::string input = graph.nodes[i].inputs[0];
    const ir::Dims& dims = graph.shapes.at(input);
    if (!activation || dims.size() != 4) continue;
    const auto hosts = hosts_of(graph, input, *activation);
    if (!hosts.empty()) {
      for (const std::size_t host : hosts) combine(graph.nodes[host].activation, *activation);
      remove_node(graph, i--, input, graph.nodes[hosts[0]].name);
      continue;
    }
    const auto channels = static_cast<std::size_t>(dims[1]);
    make_depthwise(graph, graph.nodes[i], input, std::vector<float>(channels, 1.0f),
                   std::vector<float>(channels, 0.0f));
    graph.nodes[i].activation = *activation;
  }
  return ok();
}

}  // namespace sluice::passes
