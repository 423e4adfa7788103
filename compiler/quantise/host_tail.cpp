// SPDX-License-Identifier: Apache-2.0
// One step for each node that changes a number (see host_tail.hpp).
#include "compiler/quantise/host_tail.hpp"

#include <set>

#include "runtime/base/errors.hpp"

namespace sluice {

Result<std::vector<TailStep>> host_tail_steps(const ir::Graph& graph) {
  static const std::map<std::string, TailKind> kinds{
      {"Softmax", TailKind::softmax}, {"LogSoftmax", TailKind::log_softmax}, {"Sigmoid", TailKind::sigmoid}};
  static const std::set<std::string> moves{"Flatten", "Reshape", "Squeeze", "Transpose", "Unsqueeze"};
  std::vector<TailStep> steps;
  for (const ir::Node& node : graph.host_tail) {
    const auto kind = kinds.find(node.op);
    if (kind != kinds.end())
      steps.push_back({kind->second, node.name});
    else if (moves.count(node.op) == 0)
      return bug_error(fmt::format("{} was left to the host, which cannot compute it", node.label()));
  }
  return steps;
}

}  // namespace sluice
