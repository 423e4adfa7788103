// SPDX-License-Identifier: Apache-2.0
// The passes, in the order in which they must run, and the check behind them.
//
// A pass is one file pair and one line here. The graph is verified after each of them, so that a slip is reported at the
// pass that made it.
#include <algorithm>
#include <set>

#include "compiler/ops/shape_inference.hpp"
#include "compiler/passes/fold_batchnorm.hpp"
#include "compiler/passes/fuse_activation.hpp"
#include "compiler/passes/gemm_to_conv.hpp"
#include "compiler/passes/normalise.hpp"
#include "compiler/passes/remove_identity.hpp"
#include "compiler/passes/resolve_auto_pad.hpp"
#include "compiler/passes/split_host_tail.hpp"

namespace sluice::passes {
namespace {

struct Pass {
  const char* name;
  Status (*run)(ir::Graph&);
};

constexpr Pass kPasses[] = {
    {"remove_identity", remove_identity},
    {"resolve_auto_pad", resolve_auto_pad},
    {"split_host_tail", split_host_tail},
    {"gemm_to_conv", gemm_to_conv},        // behind split_host_tail: a Flatten of the scores is no Gemm's input
    {"fold_batchnorm", fold_batchnorm},    // before fuse_activation: a clamp behind it must find the Conv
    {"fuse_activation", fuse_activation},
};

// Nodes and initialisers that the output does not need.
void remove_dead(ir::Graph& graph) {
  std::set<std::string> needed{graph.output};
  for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node) {
    if (needed.count(node->outputs[0]) != 0) needed.insert(node->inputs.begin(), node->inputs.end());
  }
  std::erase_if(graph.nodes, [&](const ir::Node& node) { return needed.count(node.outputs[0]) == 0; });
  std::erase_if(graph.initialisers, [&](const auto& entry) { return needed.count(entry.first) == 0; });
}

Status check_normal_form(const ir::Graph& graph) {
  static const std::set<std::string> kNormal{"Conv", "MaxPool", "AveragePool", "GlobalAveragePool", "Add"};
  for (const ir::Node& node : graph.nodes) {
    if (kNormal.count(node.op) == 0) {
      return user_error("{}: {} has no kernel on the device; Conv, Gemm, pooling, Add, Relu, Clip and BatchNormalization "
                        "have, and Softmax at the end stays on the host", node.label(), node.op);
    }
    const bool has_weights = node.op == "Conv";
    if (has_weights && !graph.is_constant(node.inputs[1])) return user_error("{}: its weights are computed; constants are possible", node.label());
    for (const std::string& input : node.inputs) {
      if (node.op == "Add" && graph.is_constant(input)) {
        return user_error("{}: adding a constant is not on the device; fold it into the convolution's bias", node.label());
      }
    }
  }
  return ok();
}

}  // namespace

Status normalise(ir::Graph& graph) {
  for (const Pass& pass : kPasses) {
    SLUICE_CHECK(pass.run(graph));
    remove_dead(graph);
    if (auto status = graph.verify(); !status) return bug_error(std::string("after pass ") + pass.name + ": " + status.error().text());
  }
  SLUICE_CHECK(check_normal_form(graph));
  const ir::Dims input = graph.shapes.at(graph.input);
  graph.shapes = {{graph.input, input}};
  return ops::infer_shapes(graph);
}

}  // namespace sluice::passes
