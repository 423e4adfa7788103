// SPDX-License-Identifier: Apache-2.0
// Softmax and reshapes behind the scores change no ranking; the host does without them, and the device ends at scores.
//
// Before: verified. After: `output` is the last value that is not such a node's; those are in `host_tail`, in order.
#include "compiler/passes/split_host_tail.hpp"

#include "compiler/passes/edit.hpp"

namespace sluice::passes {

Status split_host_tail(ir::Graph& graph) {
  while (true) {
    const auto last = index_of_producer(graph, graph.output);
    if (!last) return user_error("the graph's output {} is not computed by any node", graph.output);
    const ir::Node& node = graph.nodes[*last];
    if (node.op != "Softmax" && node.op != "Flatten" && node.op != "Reshape" && node.op != "Squeeze") return ok();
    graph.host_tail.insert(graph.host_tail.begin(), node);
    graph.output = node.inputs[0];
    graph.nodes.erase(graph.nodes.begin() + static_cast<std::ptrdiff_t>(*last));
  }
}

}  // namespace sluice::passes
