// SPDX-License-Identifier: Apache-2.0
// Looks attributes up (see attributes.hpp). Old files leave the type unset, so the field that is there decides.
#include "compiler/onnx_definition/attributes.hpp"

namespace sluice::definition {

Attributes::Attributes(const onnx::NodeProto& node, const Attributes& of_call) {
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.ref_attr_name().empty())
      attributes_[attribute.name()] = &attribute;
    else if (const auto* referred = of_call.find(attribute.ref_attr_name()))
      attributes_[attribute.name()] = referred;
  }
}

const onnx::AttributeProto* Attributes::find(const std::string& name) const {
  const auto found = attributes_.find(name);
  return found == attributes_.end() ? nullptr : found->second;
}

std::int64_t Attributes::integer(const std::string& name, std::int64_t otherwise) const {
  const auto* attribute = find(name);
  return attribute && attribute->has_i() ? attribute->i() : otherwise;
}

float Attributes::real(const std::string& name, float otherwise) const {
  const auto* attribute = find(name);
  return attribute && attribute->has_f() ? attribute->f() : otherwise;
}

std::string Attributes::text(const std::string& name, const std::string& otherwise) const {
  const auto* attribute = find(name);
  return attribute && attribute->has_s() ? attribute->s() : otherwise;
}

std::vector<std::int64_t> Attributes::integers(const std::string& name, std::vector<std::int64_t> otherwise) const {
  const auto* attribute = find(name);
  return attribute ? std::vector<std::int64_t>(attribute->ints().begin(), attribute->ints().end()) : otherwise;
}

}  // namespace sluice::definition
