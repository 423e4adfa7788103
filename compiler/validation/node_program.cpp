// SPDX-License-Identifier: Apache-2.0
// A graph of one node (see node_program.hpp).
#include "compiler/validation/node_program.hpp"

#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice {

Result<NodeProgram> NodeProgram::prepare(const ir::Graph& graph, const ir::Node& node) {
  NodeProgram made(graph, node);
  ir::Graph alone;
  alone.opset = graph.opset;
  alone.output = node.outputs[0];
  alone.nodes = {node};
  alone.shapes[alone.output] = graph.shapes.at(alone.output);
  for (const std::string& value : node.inputs) {
    if (value.empty()) continue;
    alone.shapes[value] = graph.shapes.at(value);
    if (graph.is_constant(value))
      alone.initialisers[value] = graph.initialisers.at(value);
    else
      made.inputs_.push_back(value);
  }
  if (made.inputs_.size() == 1) {
    alone.input = made.inputs_[0];
    made.program_ = SLUICE_TRY(ops::FloatProgram::prepare(alone));
  }
  return made;
}

Result<ir::Tensor> NodeProgram::run(const std::vector<const ir::Tensor*>& maps) const {
  if (program_) return program_->run(*maps[0]);
  ops::Call call{*node_, graph_->opset, {}};
  std::size_t next = 0;
  for (const std::string& value : node_->inputs) {
    const ir::Tensor* tensor = graph_->is_constant(value) ? &graph_->initialisers.at(value) : maps[next++];
    call.inputs.push_back({&tensor->dims, tensor});
  }
  return ops::evaluate(call);
}

}  // namespace sluice
