// SPDX-License-Identifier: Apache-2.0
// NodeProgram: one node of a graph in normal form, run alone on given maps.
//
// Before: a node whose operands are computed values and constants of the graph. After: run() may be called from many
// threads; it applies the fused activation.
#pragma once

#include <optional>

#include "compiler/ops/float_interpreter.hpp"

namespace sluice {

class NodeProgram {
 public:
  static Result<NodeProgram> prepare(const ir::Graph& graph, const ir::Node& node);

  const ir::Node& node() const { return *node_; }
  // Values that run() takes, in order: those that are no constants.
  const std::vector<std::string>& computed_inputs() const { return inputs_; }
  Result<ir::Tensor> run(const std::vector<const ir::Tensor*>& maps) const;

 private:
  NodeProgram(const ir::Graph& graph, const ir::Node& node) : graph_(&graph), node_(&node) {}

  const ir::Graph* graph_;
  const ir::Node* node_;
  std::vector<std::string> inputs_;
  std::optional<ops::FloatProgram> program_;  // where there is one computed input; its convolutions are the fast ones
};

}  // namespace sluice
