// SPDX-License-Identifier: Apache-2.0
// Orders and runs nodes (see scope.hpp). A value is freed after its last reader, which a big network needs.
#include "compiler/onnx_definition/scope.hpp"

#include <algorithm>

#include "compiler/onnx_definition/tensor_values.hpp"
#include "compiler/onnx_file/later_fields.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr int kMostDepth = 16;  // of branches and functions in each other

// Everything that a node reads, also within its branches.
void add_reads(const onnx::NodeProto& node, int depth, std::vector<std::string>& reads) {
  for (const std::string& name : node.input()) {
    if (!name.empty()) reads.push_back(name);
  }
  if (depth > kMostDepth) return;
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    for (const onnx::NodeProto& inner : attribute.g().node()) add_reads(inner, depth + 1, reads);
    // A branch may pass on a value as it is.
    for (const auto& output : attribute.g().output()) reads.push_back(output.name());
  }
}

// Indices of the nodes that `outputs` need, producers first. A stack of its own: chains are as long as the file says.
Result<std::vector<int>> order_of(const Nodes& nodes, const std::vector<std::string>& outputs,
                                  const std::vector<std::vector<std::string>>& reads) {
  std::map<std::string, int> makers;
  for (int i = 0; i < nodes.size(); ++i) {
    for (const std::string& name : nodes[i].output()) {
      if (!name.empty()) makers[name] = i;
    }
  }
  std::vector<int> order;
  std::vector<char> marks(static_cast<std::size_t>(nodes.size()), 0);  // 1: on the stack, 2: done
  std::vector<std::pair<int, std::size_t>> stack;
  const auto push = [&](const std::string& name) {
    const auto maker = makers.find(name);
    if (maker == makers.end() || marks[static_cast<std::size_t>(maker->second)] == 2) return true;
    if (marks[static_cast<std::size_t>(maker->second)] == 1) return false;
    marks[static_cast<std::size_t>(maker->second)] = 1;
    stack.emplace_back(maker->second, 0);
    return true;
  };
  for (const std::string& output : outputs) {
    push(output);
    while (!stack.empty()) {
      const auto index = static_cast<std::size_t>(stack.back().first);
      if (stack.back().second == reads[index].size()) {
        marks[index] = 2;
        order.push_back(stack.back().first);
        stack.pop_back();
      } else if (!push(reads[index][stack.back().second++])) {
        return user_error("the graph has a cycle");
      }
    }
  }
  return order;
}

// How messages speak of a node: `Conv node "conv1"`.
std::string label_of(const onnx::NodeProto& node) {
  if (!node.name().empty()) return fmt::format("{} node \"{}\"", node.op_type(), node.name());
  return fmt::format("{} node that makes \"{}\"", node.op_type(), node.output_size() > 0 ? node.output(0) : "");
}

// The values of `outputs`, after compute(). `maker`: what the nodes stand in, as messages call it.
Result<Values> results_in(const Scope& scope, const std::vector<std::string>& outputs, const char* maker) {
  Values values;
  for (const std::string& output : outputs) {
    const Value* value = scope.find(output);
    if (!value) return user_error("{} does not make \"{}\"", maker, output);
    values.push_back(*value);
  }
  return values;
}

}  // namespace

Opsets opsets_of(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports) {
  Opsets opsets;
  for (const auto& import : imports) opsets[domain_key(import.domain())] = static_cast<int>(import.version());
  return opsets;
}

const Value* Scope::find(const std::string& name) const {
  for (const Scope* scope = this; scope; scope = scope->around_) {
    if (const auto own = scope->values_.find(name); own != scope->values_.end()) return &own->second;
    if (const auto other = scope->referred_.find(name); other != scope->referred_.end()) return other->second;
  }
  return nullptr;
}

bool Scope::is_left_away(const std::string& name) const {
  for (const Scope* scope = this; scope; scope = scope->around_) {
    const auto referred = scope->referred_.find(name);
    if (referred != scope->referred_.end()) return referred->second == nullptr;
  }
  return false;
}

Status Scope::compute(const Nodes& nodes, const std::vector<std::string>& outputs) {
  std::vector<std::vector<std::string>> reads(static_cast<std::size_t>(nodes.size()));
  for (int i = 0; i < nodes.size(); ++i) add_reads(nodes[i], 0, reads[static_cast<std::size_t>(i)]);
  const std::vector<int> order = SLUICE_TRY(order_of(nodes, outputs, reads));
  std::map<std::string, std::size_t> last_reader;
  for (std::size_t step = 0; step < order.size(); ++step) {
    for (const std::string& name : reads[static_cast<std::size_t>(order[step])]) last_reader[name] = step;
  }
  for (const std::string& output : outputs) last_reader.erase(output);
  for (std::size_t step = 0; step < order.size(); ++step) {
    const onnx::NodeProto& node = nodes[order[step]];
    Result<Values> results = results_of(node);
    if (!results) return std::move(results).error().in(label_of(node));
    for (int i = 0; i < node.output_size(); ++i) {
      if (node.output(i).empty()) continue;
      // One that the operator does not have is an error where it is read.
      if (static_cast<std::size_t>(i) >= results->size()) break;
      const Value& value = values_[node.output(i)] = std::move((*results)[static_cast<std::size_t>(i)]);
      if (!run_.observer) continue;
      run_.observer(path_ + node.output(i), value);
      if (!value.stands_for.empty())
        run_.observer(path_ + node.output(i), Value::of_reals(value.dims, value.stands_for));
    }
    for (const std::string& name : reads[static_cast<std::size_t>(order[step])]) {
      if (const auto last = last_reader.find(name); last != last_reader.end() && last->second == step)
        values_.erase(name);
    }
  }
  return ok();
}

Result<Values> Scope::results_of(const onnx::NodeProto& node) {
  const Attributes attributes(node, of_call_);
  if (node.op_type() == "If" && domain_key(node.domain()).empty()) return results_of_branch(node, attributes);
  for (const onnx::FunctionProto& function : run_.model.functions()) {
    const bool is_called = function.name() == node.op_type() && function.domain() == node.domain() &&
                           onnx_file::overload_of(function) == onnx_file::overload_of(node);
    if (is_called) return results_of_function(function, node, attributes);
  }
  const Definition* definition = find_definition(node.domain(), node.op_type());
  if (!definition) return user_error("the operator has no definition here");
  const auto opset = run_.opsets.find(domain_key(node.domain()));
  Call call{attributes,
            opset == run_.opsets.end() ? 1 : opset->second,
            {},
            static_cast<std::size_t>(node.output_size()),
            run_.rounding,
            run_.folder};
  for (const std::string& name : node.input()) {
    call.inputs.push_back(name.empty() ? nullptr : find(name));
    if (!name.empty() && !call.inputs.back() && !is_left_away(name)) return user_error("\"{}\" is not known", name);
  }
  Values values = SLUICE_TRY(run_definition(*definition, call));
  const bool is_of_shape_alone = node.op_type() == "Shape" || node.op_type() == "Size";
  for (Value& value : values) value.is_computed = call.is_computed() && !is_of_shape_alone;
  return values;
}

std::string Scope::path_within(const onnx::NodeProto& node) const {
  return path_ + (node.output_size() > 0 ? node.output(0) : node.name()) + "/";
}

Result<Values> Scope::results_of_branch(const onnx::NodeProto& node, const Attributes& attributes) {
  if (depth_ > kMostDepth) return user_error("more than {} graphs lie in each other", kMostDepth);
  const Value* condition = node.input_size() > 0 ? find(node.input(0)) : nullptr;
  if (!condition || condition->size() != 1) return user_error("the condition is not one truth value");
  const auto* branch = attributes.find(condition->at(0) != 0 ? "then_branch" : "else_branch");
  if (!branch || !branch->has_g()) return user_error("a branch is missing");
  Scope scope(run_, this, of_call_, depth_ + 1, path_within(node));
  SLUICE_CHECK(define_initialisers(
      branch->g(), run_.folder, [&](const std::string& name, Value value) { scope.define(name, std::move(value)); }));
  std::vector<std::string> outputs;
  for (const auto& output : branch->g().output()) outputs.push_back(output.name());
  SLUICE_CHECK(scope.compute(branch->g().node(), outputs));
  return results_in(scope, outputs, "a branch");
}

Result<Values> Scope::results_of_function(const onnx::FunctionProto& function, const onnx::NodeProto& node,
                                          Attributes attributes) {
  if (depth_ > kMostDepth) return user_error("more than {} functions call each other", kMostDepth);
  const std::vector<onnx::AttributeProto> defaults = onnx_file::default_attributes(function);
  for (const onnx::AttributeProto& attribute : defaults) attributes.add_default(attribute);
  Opsets opsets = opsets_of(function.opset_import());
  opsets.insert(run_.opsets.begin(), run_.opsets.end());  // of domains that the function leaves to the model
  const Run inner{run_.model, opsets, run_.folder, run_.rounding, run_.observer};
  Scope scope(inner, nullptr, attributes, depth_ + 1, path_within(node));
  for (int i = 0; i < function.input_size(); ++i) {
    const bool is_given = i < node.input_size() && !node.input(i).empty() && !is_left_away(node.input(i));
    const Value* value = is_given ? find(node.input(i)) : nullptr;
    if (is_given && !value) return user_error("\"{}\" is not known", node.input(i));
    scope.refer(function.input(i), value);
  }
  const std::vector<std::string> outputs(function.output().begin(), function.output().end());
  SLUICE_CHECK(scope.compute(function.node(), outputs));
  return results_in(scope, outputs, "the function");
}

Status define_initialisers(const onnx::GraphProto& graph, const std::filesystem::path& folder,
                           const std::function<void(const std::string&, Value)>& define) {
  for (const onnx::TensorProto& tensor : graph.initializer()) {
    Result<Value> value = value_of(tensor, folder);
    if (!value) return std::move(value).error().in("initialiser \"" + tensor.name() + "\"");
    define(tensor.name(), std::move(*value));
  }
  return ok();
}

}  // namespace sluice::definition
