// SPDX-License-Identifier: Apache-2.0
// read_node: a NodeProto becomes a Node, its attributes in the kinds the operator's record asks for.
//
// Why apart from the graph: all refusals that concern one node alone are here; the graph collects them.
// Before: any NodeProto. After: the operator is claimed, and ops::check_node has accepted the node.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"

namespace onnx {
class NodeProto;
}

namespace sluice::frontend {

// The error does not name the node; label_of() does. `index` makes a name for a node without one. Several nodes,
// producers first, stand for one that computes on codes (quantised_operators.hpp).
Result<std::vector<ir::Node>> read_node(const onnx::NodeProto& proto, int index, int opset);

std::string name_of(const onnx::NodeProto& proto, int index);
// How messages speak of a node of the file: `Conv node "conv1" (output "x")`.
std::string label_of(const onnx::NodeProto& proto, int index);

}  // namespace sluice::frontend
