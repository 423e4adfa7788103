// SPDX-License-Identifier: Apache-2.0
// One If after another, the first one in order first (see inline_branches.hpp).
//
// The condition is imported like a network of its own, from the picture to the condition, and shape inference answers
// it. What cannot be imported stays, and is refused with the rest of the file.
// Before and after: as the header says.
#include "compiler/frontend/inline_branches.hpp"

#include <set>

#include "compiler/frontend/graph_reader.hpp"
#include "compiler/frontend/inline_body.hpp"
#include "compiler/frontend/node_reader.hpp"
#include "compiler/frontend/tensor_reader.hpp"
#include "compiler/ops/shape_inference.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::frontend {
namespace {

constexpr int kMostBranches = 200;  // each costs a walk over what its condition needs

class BranchInliner {
 public:
  BranchInliner(onnx::GraphProto& graph, int opset, const ImportOptions& options,
                const std::optional<std::filesystem::path>& folder)
      : graph_(graph), opset_(opset), options_(options), folder_(folder), names_(graph) {}

  Status run() {
    std::set<std::string> left;  // first outputs of those without a constant condition
    name_nodes(*graph_.mutable_node());
    for (int taken = 0;; ++taken) {
      const int index = SLUICE_TRY(next(left));
      if (index < 0) return ok();
      if (taken == kMostBranches) return user_error("the scores need more than {} If nodes", kMostBranches);
      const onnx::NodeProto node = graph_.node(index);
      const std::optional<bool> condition = condition_of(node);
      Status status = ok();
      if (condition)
        status = take(index, *condition ? "then_branch" : "else_branch");
      else
        left.insert(node.output(0));
      if (!status) return std::move(status).error().in(label_of(node, index));
    }
  }

 private:
  // -1 where there is none.
  Result<int> next(const std::set<std::string>& left) const {
    for (const int index : SLUICE_TRY(needed_nodes(graph_, options_.output))) {
      const onnx::NodeProto& node = graph_.node(index);
      const bool is_own = node.domain().empty() || node.domain() == "ai.onnx";
      if (is_own && node.op_type() == "If" && left.count(node.output(0)) == 0) return index;
    }
    return -1;
  }

  std::optional<bool> condition_of(const onnx::NodeProto& node) const {
    if (node.input_size() != 1) return std::nullopt;
    const std::string& name = node.input(0);
    for (const onnx::TensorProto& tensor : graph_.initializer()) {
      if (tensor.name() != name) continue;
      auto read = read_tensor(tensor, folder_);
      return read ? truth_of(*read) : std::nullopt;
    }
    ImportOptions options = options_;
    options.output = name;
    auto graph = read_graph(graph_, opset_, options, folder_);
    if (!graph) return std::nullopt;
    auto values = ops::infer_values(*graph);
    if (!values) return std::nullopt;
    const auto found = values->find(name);
    return found == values->end() ? std::nullopt : truth_of(found->second);
  }

  static std::optional<bool> truth_of(const ir::Tensor& tensor) {
    if (tensor.is_text() || tensor.size() != 1) return std::nullopt;
    return tensor.at(0) != 0;
  }

  // The branch's nodes and initialisers become the graph's own; the node goes.
  Status take(int index, const std::string& which) {
    onnx::NodeProto node;
    node.Swap(graph_.mutable_node(index));
    onnx::GraphProto* branch = nullptr;
    for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
      if (attribute.name() == which && attribute.has_g()) branch = attribute.mutable_g();
    }
    if (!branch) return user_error("has no {}", which);
    if (branch->sparse_initializer_size() > 0) return user_error("holds sparse initialisers; export plain tensors");
    Body body{branch->node(), {}, {}, true};
    for (const auto& output : branch->output()) body.outputs.push_back(output.name());
    for (onnx::TensorProto& tensor : *branch->mutable_initializer()) {
      const std::string own = tensor.name();
      tensor.set_name(names_.unused(node.name() + "/" + own));
      if (own.empty() || !body.names.emplace(own, tensor.name()).second)
        return user_error("{} holds two initialisers called \"{}\"", which, own);
      graph_.add_initializer()->Swap(&tensor);
    }
    Nodes nodes;
    for (int i = 0; i < graph_.node_size(); ++i) {
      if (i == index)
        SLUICE_CHECK(inline_body(body, node, names_, nodes));
      else
        nodes.Add()->Swap(graph_.mutable_node(i));
    }
    graph_.mutable_node()->Swap(&nodes);
    return ok();
  }

  onnx::GraphProto& graph_;
  const int opset_;
  const ImportOptions& options_;
  const std::optional<std::filesystem::path>& folder_;
  ValueNames names_;
};

}  // namespace

Status inline_branches(onnx::GraphProto& graph, int opset, const ImportOptions& options,
                       const std::optional<std::filesystem::path>& folder) {
  for (const onnx::NodeProto& node : graph.node()) {
    if (node.op_type() == "If") return BranchInliner(graph, opset, options, folder).run();
  }
  return ok();
}

}  // namespace sluice::frontend
