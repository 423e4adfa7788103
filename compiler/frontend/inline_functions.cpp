// SPDX-License-Identifier: Apache-2.0
// Expands calls, the outermost first (see inline_functions.hpp).
//
// An attribute of the body may refer to one of the call. Then the call's value stands there, else the function's
// default, else nothing. A file of a few bytes can call functions of functions, so depth and number of nodes are
// bounded.
// Before and after: as the header says.
#include "compiler/frontend/inline_functions.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "compiler/frontend/inline_body.hpp"
#include "compiler/frontend/node_reader.hpp"
#include "compiler/onnx_file/later_fields.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::frontend {
namespace {

constexpr int kMostNodes = 100000;
constexpr std::size_t kMostCalls = 64;  // within each other
// From here on operators that are claimed changed what they accept, and not what they mean.
constexpr int kSteadyOpset = 13;

using Attributes = google::protobuf::RepeatedPtrField<onnx::AttributeProto>;

const onnx::AttributeProto* find(const Attributes& attributes, const std::string& name) {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const auto& attribute) { return attribute.name() == name; });
  return found == attributes.end() ? nullptr : &*found;
}

// Puts what the call says in place of references to it.
void resolve_references(Attributes& attributes, const Attributes& of_call) {
  Attributes resolved;
  for (onnx::AttributeProto& attribute : attributes) {
    const bool is_reference = !attribute.ref_attr_name().empty();
    const onnx::AttributeProto* meant = is_reference ? find(of_call, attribute.ref_attr_name()) : &attribute;
    if (!meant) continue;
    onnx::AttributeProto& entry = *resolved.Add();
    entry = *meant;
    entry.set_name(attribute.name());
    if (!entry.has_g() || is_reference) continue;
    for (onnx::NodeProto& node : *entry.mutable_g()->mutable_node())
      resolve_references(*node.mutable_attribute(), of_call);
  }
  attributes.Swap(&resolved);
}

using Key = std::array<std::string, 3>;  // domain, name, overload
using Functions = std::map<Key, const onnx::FunctionProto*>;

class Inliner {
 public:
  Inliner(const Functions& functions, int opset, ValueNames& names)
      : functions_(functions), opset_(opset), names_(names) {}

  // Takes the nodes of `from`, and adds what they become to `to`.
  Status expand(Nodes& from, Nodes& to) {
    name_nodes(from);
    for (onnx::NodeProto& node : from) {
      if (const onnx::FunctionProto* function = function_of(node)) {
        Status status = expand_call(*function, node, to);
        if (!status) return std::move(status).error().in(label(*function));
        continue;
      }
      if (++count_ > kMostNodes) return user_error("local functions make more than {} nodes", kMostNodes);
      for (onnx::AttributeProto& attribute : *node.mutable_attribute()) {
        if (!attribute.has_g()) continue;
        Nodes inner;
        SLUICE_CHECK(expand(*attribute.mutable_g()->mutable_node(), inner));
        attribute.mutable_g()->mutable_node()->Swap(&inner);
      }
      to.Add()->Swap(&node);
    }
    return ok();
  }

 private:
  static std::string label(const onnx::FunctionProto& function) {
    return fmt::format("local function \"{}\"", printable(function.name(), 100));
  }

  const onnx::FunctionProto* function_of(const onnx::NodeProto& node) const {
    const auto found = functions_.find({node.domain(), node.op_type(), onnx_file::overload_of(node)});
    return found == functions_.end() ? nullptr : found->second;
  }

  Status check_opset(const onnx::FunctionProto& function) const {
    for (const auto& import : function.opset_import()) {
      const bool is_onnx = import.domain().empty() || import.domain() == "ai.onnx";
      const bool is_same =
          import.version() == opset_ || std::min<std::int64_t>(import.version(), opset_) >= kSteadyOpset;
      if (is_onnx && !is_same) {
        return user_error("uses opset {}, the model opset {}; export all of it with one opset, 13 or higher",
                          import.version(), opset_);
      }
    }
    return ok();
  }

  Status expand_call(const onnx::FunctionProto& function, const onnx::NodeProto& call, Nodes& to) {
    if (std::count(calls_.begin(), calls_.end(), &function) != 0)
      return user_error("calls itself; export with fixed control flow");
    if (calls_.size() == kMostCalls)
      return user_error("is called within {} others; the most is {}", kMostCalls, kMostCalls);
    if (call.input_size() > function.input_size())
      return user_error("takes {} inputs, is called with {}", function.input_size(), call.input_size());
    SLUICE_CHECK(check_opset(function));
    Nodes nodes = function.node();
    Attributes attributes = call.attribute();
    for (onnx::AttributeProto& attribute : onnx_file::default_attributes(function)) {
      if (!find(attributes, attribute.name())) attributes.Add()->Swap(&attribute);
    }
    for (onnx::NodeProto& node : nodes) resolve_references(*node.mutable_attribute(), attributes);
    Body body{nodes, {function.output().begin(), function.output().end()}, {}};
    for (int i = 0; i < function.input_size(); ++i)
      body.names[function.input(i)] = i < call.input_size() ? call.input(i) : "";
    Nodes placed;
    SLUICE_CHECK(inline_body(std::move(body), call, names_, placed));
    calls_.push_back(&function);
    SLUICE_CHECK(expand(placed, to));
    calls_.pop_back();
    return ok();
  }

  const Functions& functions_;
  const int opset_;
  ValueNames& names_;
  std::vector<const onnx::FunctionProto*> calls_;  // open ones
  int count_ = 0;
};

}  // namespace

Status inline_functions(onnx::ModelProto& model, int opset) {
  Functions functions;
  for (const onnx::FunctionProto& function : model.functions()) {
    const Key key{function.domain(), function.name(), onnx_file::overload_of(function)};
    if (!functions.emplace(key, &function).second)
      return user_error("holds two local functions called \"{}\"", printable(function.name(), 100));
  }
  if (functions.empty()) return ok();
  ValueNames names(model.graph());
  Nodes expanded, written;
  written.Swap(model.mutable_graph()->mutable_node());
  SLUICE_CHECK(Inliner(functions, opset, names).expand(written, expanded));
  model.mutable_graph()->mutable_node()->Swap(&expanded);
  return ok();
}

}  // namespace sluice::frontend
