// SPDX-License-Identifier: Apache-2.0
// One step for each node that changes a number (see host_tail.hpp).
#include "compiler/quantise/host_tail.hpp"

#include <algorithm>
#include <set>

#include "runtime/base/errors.hpp"

namespace sluice {

Result<std::vector<TailStep>> host_tail_steps(const ir::Graph& graph) {
  static const std::map<std::string, TailKind> kinds{
      {"Softmax", TailKind::softmax}, {"LogSoftmax", TailKind::log_softmax}, {"Sigmoid", TailKind::sigmoid}};
  // Of a number of a class only the scores that it was found by are left.
  static const std::set<std::string> left_out{"Flatten",   "Reshape", "Squeeze",      "Transpose",
                                              "Unsqueeze", "ArgMax",  "TopK.Indices", "Cast"};
  std::vector<TailStep> steps;
  for (const ir::Node& node : graph.host_tail) {
    const auto kind = kinds.find(node.op);
    if (kind != kinds.end())
      steps.push_back({kind->second, node.name});
    else if (left_out.count(node.op) == 0)
      return bug_error(fmt::format("{} was left to the host, which cannot compute it", node.label()));
  }
  return steps;
}

const ir::Node* class_node(const ir::Graph& graph) {
  const auto found = std::find_if(graph.host_tail.begin(), graph.host_tail.end(), [](const ir::Node& node) {
    return node.op == "ArgMax" || node.op == "TopK.Indices";
  });
  return found == graph.host_tail.end() ? nullptr : &*found;
}

}  // namespace sluice
