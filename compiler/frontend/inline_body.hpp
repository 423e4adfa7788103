// SPDX-License-Identifier: Apache-2.0
// inline_body: the nodes of a function's body, or of a branch, take the place of the node that stands for them.
//
// Why: functions and branches have values of their own, whose names may be those of values around them. Both are put
// in place by the same renaming.
//
// Before: every node of the graph has a name (name_nodes). After: each value of the body has a name that nothing else
// has; its results have those of the node's outputs, and its nodes are called `NODE/OWN NAME`.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "onnx.pb.h"
#include "runtime/base/status.hpp"

namespace sluice::frontend {

using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;

// The names of values that are taken, in a graph and in all graphs within it.
class ValueNames {
 public:
  explicit ValueNames(const onnx::GraphProto& graph) { add(graph); }
  // `wish`, or with a number after it; taken from now on.
  std::string unused(const std::string& wish);

 private:
  void add(const onnx::GraphProto& graph);

  std::set<std::string> taken_;
};

struct Body {
  const Nodes& nodes;
  std::vector<std::string> outputs;
  // What values of the body are called outside: the arguments of a function ("": left away), and initialisers of a
  // branch that have moved.
  std::map<std::string, std::string> names;
  bool sees_around = false;  // a branch may read values around it; a function may not
};

// Gives nodes without a name the one that messages use, before places in the list change.
void name_nodes(Nodes& nodes);

// Adds the body's nodes to `nodes`, in place of `call`.
Status inline_body(Body body, const onnx::NodeProto& call, ValueNames& names, Nodes& nodes);

}  // namespace sluice::frontend
