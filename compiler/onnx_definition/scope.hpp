// SPDX-License-Identifier: Apache-2.0
// Scope: the values of a graph, a branch or a function while it is run, by name, and the walk over its nodes.
//
// Why: a branch of an If sees the values around it, the body of a local function sees only its arguments, and both may
// hold further ones. One walk serves all three.
//
// Before: nodes stand in any order that has no cycle. After: values that the outputs need, no others.
#pragma once

#include <map>

#include "compiler/onnx_definition/definition.hpp"
#include "compiler/onnx_definition/model.hpp"

namespace sluice::definition {

using Opsets = std::map<std::string, int>;  // by domain_key()

// Of a model or a local function.
Opsets opsets_of(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto>& imports);

// What stays the same for a whole run.
struct Run {
  const onnx::ModelProto& model;
  const Opsets& opsets;
  const std::filesystem::path& folder;
  Rounding rounding;
  const Observer& observer;
};

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

class Scope {
 public:
  // `path`: what the observer sees in front of the names of values, "" in the outermost graph.
  Scope(const Run& run, const Scope* around, const Attributes& of_call, int depth, std::string path)
      : run_(run), around_(around), of_call_(of_call), depth_(depth), path_(std::move(path)) {}

  void define(const std::string& name, Value value) { values_[name] = std::move(value); }
  // A value that lives longer than the scope; null for an argument that is left away.
  void refer(const std::string& name, const Value* value) { referred_[name] = value; }
  const Value* find(const std::string& name) const;  // null where it is not known, or left away
  bool is_left_away(const std::string& name) const;

  // Computes what `outputs` need.
  Status compute(const Nodes& nodes, const std::vector<std::string>& outputs);

 private:
  std::string path_within(const onnx::NodeProto& node) const;
  Result<Values> results_of(const onnx::NodeProto& node);
  Result<Values> results_of_branch(const onnx::NodeProto& node, const Attributes& attributes);
  Result<Values> results_of_function(const onnx::FunctionProto& function, const onnx::NodeProto& node,
                                     Attributes attributes);

  const Run& run_;
  const Scope* around_;
  const Attributes& of_call_;
  int depth_;
  std::string path_;
  std::map<std::string, Value> values_;
  std::map<std::string, const Value*> referred_;
};

// The initialisers of a graph, one after another.
Status define_initialisers(const onnx::GraphProto& graph, const std::filesystem::path& folder,
                           const std::function<void(const std::string&, Value)>& define);

}  // namespace sluice::definition
