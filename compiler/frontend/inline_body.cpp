// SPDX-License-Identifier: Apache-2.0
// Renames and copies (see inline_body.hpp).
//
// A graph within the body (a branch of an If) sees the body's values, so it is renamed with it. What it defines itself
// hides values of the same name around it.
// Before and after: as the header says.
#include "compiler/frontend/inline_body.hpp"

#include "compiler/frontend/node_reader.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::frontend {
namespace {

using Renames = std::map<std::string, std::string>;

std::string renamed(const Renames& renames, const std::string& value) {
  const auto found = renames.find(value);
  return found == renames.end() ? value : found->second;
}

void rename_within(onnx::GraphProto& graph, Renames renames);

// What the node reads, also within its branches.
void rename_inputs(onnx::NodeProto& node, const Renames& renames) {
  for (std::string& input : *node.mutable_input()) {
    if (!input.empty()) input = renamed(renames, input);
  }
  for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
    if (attribute.has_g()) rename_within(*attribute.mutable_g(), renames);
  }
}

void rename_within(onnx::GraphProto& graph, Renames renames) {
  for (const auto& tensor : graph.initializer()) renames.erase(tensor.name());
  for (const auto& input : graph.input()) renames.erase(input.name());
  for (const onnx::NodeProto& node : graph.node()) {
    for (const std::string& output : node.output()) renames.erase(output);
  }
  for (onnx::NodeProto& node : *graph.mutable_node()) rename_inputs(node, renames);
  for (auto& output : *graph.mutable_output()) output.set_name(renamed(renames, output.name()));
}

void add_reads(const onnx::NodeProto& node, std::set<std::string>& reads) {
  reads.insert(node.input().begin(), node.input().end());
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    for (const onnx::NodeProto& inner : attribute.g().node()) add_reads(inner, reads);
    for (const auto& output : attribute.g().output()) reads.insert(output.name());
  }
}

void add_identity(const std::string& from, const std::string& to, const std::string& name, Nodes& nodes) {
  onnx::NodeProto& node = *nodes.Add();
  node.set_op_type("Identity");
  node.set_name(name);
  node.add_input(from);
  node.add_output(to);
}

}  // namespace

std::string ValueNames::unused(const std::string& wish) {
  std::string name = wish;
  for (int n = 1; !taken_.insert(name).second; ++n) name = wish + "_" + std::to_string(n);
  return name;
}

void ValueNames::add(const onnx::GraphProto& graph) {
  for (const auto& tensor : graph.initializer()) taken_.insert(tensor.name());
  for (const auto& input : graph.input()) taken_.insert(input.name());
  for (const onnx::NodeProto& node : graph.node()) {
    taken_.insert(node.output().begin(), node.output().end());
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      if (attribute.has_g()) add(attribute.g());
    }
  }
}

void name_nodes(Nodes& nodes) {
  for (int i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name().empty()) nodes[i].set_name(name_of(nodes[i], i));
  }
}

Status inline_body(Body body, const onnx::NodeProto& call, ValueNames& names, Nodes& nodes) {
  if (call.output_size() > static_cast<int>(body.outputs.size()))
    return user_error("has {} outputs, of which only {} are made", call.output_size(), body.outputs.size());
  Renames renames = std::move(body.names);
  const std::string stem = call.name() + "/";
  std::set<std::string> made;
  for (const onnx::NodeProto& node : body.nodes) {
    for (const std::string& output : node.output()) {
      if (!output.empty() && renames.count(output) != 0 && made.count(output) == 0)
        return user_error("its body defines \"{}\" twice", output);
      if (!output.empty() && made.insert(output).second) renames[output] = names.unused(stem + output);
    }
  }
  // Results are called what they are called outside; one that is also something else is passed on by an Identity.
  std::vector<std::pair<std::string, std::string>> passed_on;
  for (int i = 0; i < call.output_size(); ++i) {
    const std::string& own = body.outputs[static_cast<std::size_t>(i)];
    if (call.output(i).empty()) continue;
    if (made.erase(own) != 0)
      renames[own] = call.output(i);
    else
      passed_on.emplace_back(own, call.output(i));
  }
  // A function that reads what it does not have must not find a value of that name around it.
  std::set<std::string> reads;
  for (const onnx::NodeProto& node : body.nodes) add_reads(node, reads);
  for (const auto& [own, outside] : passed_on) reads.insert(own);
  for (const std::string& value : reads) {
    if (!value.empty() && !body.sees_around && renames.count(value) == 0) renames[value] = names.unused(stem + value);
  }
  for (int i = 0; i < body.nodes.size(); ++i) {
    onnx::NodeProto& node = *nodes.Add();
    node = body.nodes[i];
    node.set_name(stem + name_of(node, i));
    rename_inputs(node, renames);
    for (std::string& output : *node.mutable_output()) {
      if (!output.empty()) output = renames.at(output);
    }
  }
  for (const auto& [own, outside] : passed_on) {
    const std::string value = renamed(renames, own);
    if (value.empty()) return user_error("passes on \"{}\", which the call leaves away", own);
    add_identity(value, outside, stem + outside, nodes);
  }
  return ok();
}

}  // namespace sluice::frontend
