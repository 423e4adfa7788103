// SPDX-License-Identifier: Apache-2.0
// Reads the graph (see graph_reader.hpp).
//
// The walk back from the output is a depth-first search with its own stack: a chain of a million nodes must not
// overflow the program's stack. A value met again while it is still open closes a cycle.
// Before and after: as the header says.
#include "compiler/frontend/graph_reader.hpp"

#include <algorithm>
#include <set>

#include "compiler/frontend/node_reader.hpp"
#include "compiler/frontend/tensor_reader.hpp"
#include "compiler/ir/complaints.hpp"
#include "compiler/ops/op.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::frontend {
namespace {

// Classifiers have hundreds of nodes; passes search lists, which ends well only while these are short.
constexpr std::size_t kMostNodes = 10000;

// Where each value of the file comes from.
struct Sources {
  std::map<std::string, int> node_of;  // by output name
  std::map<std::string, const onnx::TensorProto*> initialisers;
  std::map<std::string, const onnx::ValueInfoProto*> inputs;  // without those that initialisers define
};

Result<Sources> find_sources(const onnx::GraphProto& proto) {
  Sources sources;
  if (proto.sparse_initializer_size() > 0) {
    return user_error("holds sparse initialisers; export the weights as plain tensors (zeros are found by Sluice)");
  }
  for (const auto& tensor : proto.initializer()) {
    if (tensor.name().empty()) return user_error("holds an initialiser without a name");
    if (!sources.initialisers.emplace(tensor.name(), &tensor).second) {
      return user_error("holds two initialisers called \"{}\"", tensor.name());
    }
  }
  for (const auto& input : proto.input()) {
    if (sources.initialisers.count(input.name())) continue;  // files before IR version 4 list their weights as inputs
    if (input.name().empty() || !sources.inputs.emplace(input.name(), &input).second) {
      return user_error("holds two inputs called \"{}\"", input.name());
    }
  }
  for (int i = 0; i < proto.node_size(); ++i) {
    for (const std::string& output : proto.node(i).output()) {
      if (output.empty()) continue;
      const bool is_taken = sources.initialisers.count(output) || sources.inputs.count(output);
      if (is_taken || !sources.node_of.emplace(output, i).second) {
        return user_error("defines \"{}\" twice, the second time in {} node \"{}\"", output, proto.node(i).op_type(),
                          proto.node(i).name());
      }
    }
  }
  return sources;
}

Result<std::string> choose_output(const onnx::GraphProto& proto, const Sources& sources, const std::string& wanted) {
  std::string names;
  for (const auto& output : proto.output()) names += (names.empty() ? "" : ", ") + printable(output.name());
  std::string chosen = wanted;
  if (wanted.empty()) {
    if (proto.output_size() == 0) return user_error("has no output");
    if (proto.output_size() > 1) {
      return user_error("has {} outputs ({}); name the one with the scores, for example --model-output \"{}\"",
                        proto.output_size(), names, printable(proto.output(proto.output_size() - 1).name()));
    }
    chosen = proto.output(0).name();
  }
  if (!sources.node_of.count(chosen)) {
    return user_error("no node makes the output \"{}\"; the file's outputs are: {}", chosen, names);
  }
  return chosen;
}

// The nodes that `output` needs, producers first.
Result<std::vector<int>> order_nodes(const onnx::GraphProto& proto, const Sources& sources, const std::string& output) {
  enum class Mark : char { unseen, open, done };
  std::vector<Mark> marks(proto.node_size(), Mark::unseen);
  std::vector<int> order;
  bool is_file_in_order = true;
  std::vector<std::pair<int, int>> stack{{sources.node_of.at(output), 0}};  // node, next input to follow
  marks[stack.back().first] = Mark::open;
  while (!stack.empty()) {
    const int index = stack.back().first;
    const onnx::NodeProto& node = proto.node(index);
    if (stack.back().second == node.input_size()) {
      marks[index] = Mark::done;
      order.push_back(index);
      stack.pop_back();
      continue;
    }
    const std::string& value = node.input(stack.back().second++);
    if (value.empty() || sources.initialisers.count(value) || sources.inputs.count(value)) continue;
    auto maker = sources.node_of.find(value);
    if (maker == sources.node_of.end()) {
      return user_error("{} node \"{}\" reads \"{}\", which is neither an input, an initialiser nor a result",
                        node.op_type(), node.name(), value);
    }
    if (marks[maker->second] == Mark::open) {
      return user_error("{} node \"{}\" needs its own result \"{}\": the graph has a cycle", node.op_type(),
                        node.name(), value);
    }
    is_file_in_order &= maker->second < index;
    if (marks[maker->second] == Mark::done) continue;
    marks[maker->second] = Mark::open;
    stack.emplace_back(maker->second, 0);
  }
  if (order.size() > kMostNodes)
    return user_error("the scores need {} nodes; the most is {}", order.size(), kMostNodes);
  // A sound file is in order already; its own order is the one the user knows.
  if (is_file_in_order) std::sort(order.begin(), order.end());
  return order;
}

Result<ir::Dims> input_dims(const onnx::ValueInfoProto& input, const ImportOptions& options) {
  const std::string name = "input \"" + input.name() + "\"";
  if (!input.type().has_tensor_type()) return user_error("{} is not a tensor", name);
  const auto& type = input.type().tensor_type();
  if (!type.has_shape()) {
    if (options.input_shape) return *options.input_shape;
    return user_error("{} has no shape; give it, for example --input-shape 1x3x224x224", name);
  }
  ir::Dims dims;
  std::string stated;
  for (const auto& dim : type.shape().dim()) {
    const bool is_open = !dim.has_dim_value() || dim.dim_value() <= 0;
    stated += (stated.empty() ? "" : "x") + (is_open ? std::string("?") : std::to_string(dim.dim_value()));
    dims.push_back(is_open ? -1 : dim.dim_value());
  }
  if (options.input_shape) {
    ir::Dims asked = *options.input_shape;
    bool is_fitting = asked.size() == dims.size();
    // One picture is asked of a model of several; whether it can be one is for the passes to find out.
    if (is_fitting && !dims.empty() && dims[0] > 1 && asked[0] == 1) asked[0] = dims[0];
    for (std::size_t i = 0; is_fitting && i < dims.size(); ++i) is_fitting = dims[i] == -1 || dims[i] == asked[i];
    if (!is_fitting)
      return user_error("{} is {} in the file, which {} does not fit", name, stated, ir::to_text(*options.input_shape));
    dims = std::move(asked);
  }
  if (!dims.empty() && dims[0] == -1) dims[0] = 1;
  for (std::int64_t dim : dims) {
    if (dim == -1) {
      return user_error("{} is {}: its size is open; fix it, for example --input-shape 1x3x224x224", name, stated);
    }
  }
  if (ir::element_count(dims) > ir::kMaxElements) return user_error("{} is {}, which is too large", name, stated);
  return dims;
}

Status read_input(const onnx::GraphProto& proto, const Sources& sources, const std::set<std::string>& read,
                  const ImportOptions& options, ir::Graph& graph) {
  if (sources.inputs.empty()) return user_error("has no input");
  std::vector<std::string> used;
  std::string names;
  for (const auto& input : proto.input()) {
    if (!sources.inputs.count(input.name()) || !read.count(input.name())) continue;
    used.push_back(input.name());
    names += (names.empty() ? "" : ", ") + input.name();
  }
  if (used.size() > 1) {
    return user_error("has {} inputs ({}); Sluice takes one picture: export the others as constants", used.size(),
                      names);
  }
  graph.input = used.empty() ? sources.inputs.begin()->first : used[0];
  graph.shapes[graph.input] = SLUICE_TRY(input_dims(*sources.inputs.at(graph.input), options));
  return ok();
}

Status read_initialisers(const Sources& sources, const std::set<std::string>& read,
                         const std::optional<std::filesystem::path>& folder, ir::Graph& graph) {
  for (const auto& [name, proto] : sources.initialisers) {
    if (!read.count(name)) continue;
    Result<ir::Tensor> tensor = read_tensor(*proto, folder);
    if (!tensor) return std::move(tensor).error().in("initialiser \"" + name + "\"");
    graph.initialisers.emplace(name, std::move(*tensor));
  }
  return ok();
}

// Reads the nodes; what cannot be done is collected, so that one run tells all of it.
Status read_nodes(const onnx::GraphProto& proto, const std::vector<int>& order, ir::Graph& graph) {
  std::map<std::string, int> uses;  // how often a name was given out
  std::vector<ir::Complaint> complaints;
  for (int index : order) {
    Result<std::vector<ir::Node>> nodes = read_node(proto.node(index), index, graph.opset);
    if (!nodes) {
      const onnx::NodeProto& refused = proto.node(index);
      complaints.push_back(
          {refused.op_type(), name_of(refused, index), label_of(refused, index), nodes.error().text()});
      continue;
    }
    for (ir::Node& node : *nodes) {
      for (std::string given = node.name; uses[node.name]++ > 0;)
        node.name = fmt::format("{}_{}", given, ++uses[given]);
      graph.nodes.push_back(std::move(node));
    }
  }
  if (!complaints.empty()) return user_error("{}", ir::told_once(complaints, "cannot be done"));
  return ok();
}

// The node that computes output `index` of `node`, which is not the first.
Result<ir::Node> side_node(const ir::Node& node, std::size_t index, int opset) {
  const ops::Operator& record = *ops::find_operator(node.op);
  if (record.numbers_outputs) {
    ir::Node part = node;
    part.attributes[ops::kOutputIndex] = static_cast<std::int64_t>(index);
    part.outputs = {node.outputs[index]};
    return part;
  }
  const auto& names = record.side_outputs;
  if (index > names.size()) {
    return user_error("output {} (\"{}\") is used; possible are the first {}", index, node.outputs[index],
                      1 + names.size());
  }
  ir::Node side = node;
  side.op = names[index - 1];
  side.outputs = {node.outputs[index]};
  SLUICE_CHECK(ops::check_node(side, opset));
  return side;
}

// One node per output that is read, so that every node of the graph has one output.
Status split_outputs(const std::set<std::string>& read, ir::Graph& graph) {
  std::set<std::string> names;
  for (const ir::Node& node : graph.nodes) names.insert(node.name);
  std::vector<ir::Node> nodes;
  for (ir::Node& node : graph.nodes) {
    std::vector<ir::Node> sides;
    const bool is_numbered = ops::find_operator(node.op)->numbers_outputs;
    if (is_numbered) {
      node.attributes[ops::kOutputIndex] = std::int64_t{0};
      node.attributes[ops::kOutputs] = static_cast<std::int64_t>(node.outputs.size());
    }
    for (std::size_t i = 1; i < node.outputs.size(); ++i) {
      const std::string& value = node.outputs[i];
      if (value.empty() || (!read.count(value) && value != graph.output)) continue;
      Result<ir::Node> side = side_node(node, i, graph.opset);
      if (!side) return std::move(side).error().in(node.label());
      const std::string stem = is_numbered ? "." + std::to_string(i) : side->op.substr(side->op.find('.'));
      side->name += stem;
      for (int k = 2; !names.insert(side->name).second; ++k) side->name = node.name + stem + "_" + std::to_string(k);
      sides.push_back(std::move(*side));
    }
    if (node.outputs[0].empty() && sides.empty()) return user_error("{}: the first output has no name", node.label());
    node.outputs.resize(1);
    if (!node.outputs[0].empty()) nodes.push_back(std::move(node));
    std::move(sides.begin(), sides.end(), std::back_inserter(nodes));
  }
  graph.nodes = std::move(nodes);
  return ok();
}

}  // namespace

Result<std::vector<int>> needed_nodes(const onnx::GraphProto& proto, const std::string& output) {
  const Sources sources = SLUICE_TRY(find_sources(proto));
  const std::string chosen = SLUICE_TRY(choose_output(proto, sources, output));
  return order_nodes(proto, sources, chosen);
}

Result<std::vector<SurveyedNode>> survey_graph(const onnx::GraphProto& proto, int opset, const ImportOptions& options) {
  const Sources sources = SLUICE_TRY(find_sources(proto));
  const std::string output = SLUICE_TRY(choose_output(proto, sources, options.output));
  std::vector<SurveyedNode> nodes;
  for (const int index : SLUICE_TRY(order_nodes(proto, sources, output))) {
    const onnx::NodeProto& node = proto.node(index);
    SurveyedNode surveyed{name_of(node, index), node.op_type(), ""};
    if (const auto read = read_node(node, index, opset); !read) surveyed.problem = read.error().text();
    nodes.push_back(std::move(surveyed));
  }
  return nodes;
}

Result<ir::Graph> read_graph(const onnx::GraphProto& proto, int opset, const ImportOptions& options,
                             const std::optional<std::filesystem::path>& folder) {
  const Sources sources = SLUICE_TRY(find_sources(proto));
  ir::Graph graph;
  graph.name = proto.name();
  graph.opset = opset;
  graph.output = SLUICE_TRY(choose_output(proto, sources, options.output));
  const std::vector<int> order = SLUICE_TRY(order_nodes(proto, sources, graph.output));
  std::set<std::string> read;
  for (int index : order) read.insert(proto.node(index).input().begin(), proto.node(index).input().end());
  SLUICE_CHECK(read_nodes(proto, order, graph));
  SLUICE_CHECK(split_outputs(read, graph));
  SLUICE_CHECK(read_initialisers(sources, read, folder, graph));
  SLUICE_CHECK(read_input(proto, sources, read, options, graph));
  return graph;
}

}  // namespace sluice::frontend
