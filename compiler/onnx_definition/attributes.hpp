// SPDX-License-Identifier: Apache-2.0
// Attributes: those of one node, by name, with ONNX's defaults at the place that asks.
//
// Why not the NodeProto itself: in the body of a local function an attribute may refer to one of the call
// (ref_attr_name).
//
// Before: the node outlives this object, and so does the call's node. After: an attribute of another kind than asked
// for counts as its default; the importer has refused such files.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "onnx.pb.h"

namespace sluice::definition {

class Attributes {
 public:
  Attributes() = default;
  Attributes(const onnx::NodeProto& node, const Attributes& of_call);

  // Counts where the node does not state it; outlives this object.
  void add_default(const onnx::AttributeProto& attribute) { attributes_.emplace(attribute.name(), &attribute); }

  bool has(const std::string& name) const { return attributes_.count(name) != 0; }
  const onnx::AttributeProto* find(const std::string& name) const;
  std::int64_t integer(const std::string& name, std::int64_t otherwise) const;
  float real(const std::string& name, float otherwise) const;
  std::string text(const std::string& name, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& name, std::vector<std::int64_t> otherwise) const;
  const std::map<std::string, const onnx::AttributeProto*>& all() const { return attributes_; }

 private:
  std::map<std::string, const onnx::AttributeProto*> attributes_;
};

}  // namespace sluice::definition
