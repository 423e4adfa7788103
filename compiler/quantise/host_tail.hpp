// SPDX-License-Identifier: Apache-2.0
// The nodes that passes/split_host_tail left to the host, as the steps that the runtime computes.
//
// Why: the runtime knows neither ONNX nor axes. A row of scores has one axis that counts, so a reshape or transposition
// of it changes nothing and is left out, and a Softmax runs along all of it: the pass has seen to that.
//
// Before: a graph in normal form. After: the steps in order; a node of another kind is our own bug.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

Result<std::vector<TailStep>> host_tail_steps(const ir::Graph& graph);

// The node of the tail that names classes in place of scores (ArgMax, TopK); null where the file ends in scores.
const ir::Node* class_node(const ir::Graph& graph);

}  // namespace sluice
