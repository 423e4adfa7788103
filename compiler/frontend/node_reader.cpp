// SPDX-License-Identifier: Apache-2.0
// Reads nodes and attributes (see node_reader.hpp).
//
// Old files leave AttributeProto.type unset; then the field that is there decides, as it did when they were written.
// Before and after: as the header says.
#include "compiler/frontend/node_reader.hpp"

#include "compiler/frontend/hints.hpp"
#include "compiler/frontend/quantised_operators.hpp"
#include "compiler/frontend/tensor_reader.hpp"
#include "compiler/ops/op.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::frontend {
namespace {

onnx::AttributeProto::AttributeType type_of(const onnx::AttributeProto& proto) {
  if (proto.type() != onnx::AttributeProto::UNDEFINED) return proto.type();
  if (proto.has_f()) return onnx::AttributeProto::FLOAT;
  if (proto.has_i()) return onnx::AttributeProto::INT;
  if (proto.has_s()) return onnx::AttributeProto::STRING;
  if (proto.has_t()) return onnx::AttributeProto::TENSOR;
  if (proto.floats_size()) return onnx::AttributeProto::FLOATS;
  if (proto.ints_size()) return onnx::AttributeProto::INTS;
  return onnx::AttributeProto::UNDEFINED;
}

Result<ir::Attribute> read_attribute(const onnx::AttributeProto& proto) {
  switch (type_of(proto)) {
    case onnx::AttributeProto::FLOAT:
      return ir::Attribute(proto.f());
    case onnx::AttributeProto::INT:
      return ir::Attribute(std::int64_t{proto.i()});
    case onnx::AttributeProto::STRING:
      return ir::Attribute(std::string(proto.s()));
    case onnx::AttributeProto::FLOATS:
      return ir::Attribute(std::vector<float>(proto.floats().begin(), proto.floats().end()));
    case onnx::AttributeProto::INTS:
      return ir::Attribute(std::vector<std::int64_t>(proto.ints().begin(), proto.ints().end()));
    case onnx::AttributeProto::TENSOR: {
      ir::Tensor tensor = SLUICE_TRY(read_tensor(proto.t()));
      return ir::Attribute(std::move(tensor));
    }
    default:
      return user_error("is of a kind that no supported operator takes");
  }
}

// ONNX's own name of what a domain is called; the same words mean the same in these.
std::string domain_of(const onnx::NodeProto& proto) { return proto.domain() == "ai.onnx" ? "" : proto.domain(); }

// Operators of other domains that mean what ONNX's of this name do, in its newest opset.
bool means_onnx(const std::string& domain, const std::string& op) {
  return domain == "com.microsoft" && (op == "QuantizeLinear" || op == "DequantizeLinear" || op == "Gelu");
}

// QONNX's operator has moved twice.
bool is_qonnx(const std::string& domain) {
  return domain == "qonnx.custom_op.general" || domain == "finn.custom_op.general" || domain == "onnx.brevitas";
}

Status read_attributes(const onnx::NodeProto& proto, ir::Node& node) {
  for (const auto& attribute : proto.attribute()) {
    Result<ir::Attribute> value = read_attribute(attribute);
    if (!value) return std::move(value).error().in("attribute \"" + attribute.name() + "\"");
    if (!node.attributes.emplace(attribute.name(), std::move(*value)).second) {
      return user_error("has the attribute \"{}\" twice", attribute.name());
    }
  }
  return ok();
}

// Which opset the node is to be checked by; not asked for where is_quantised_operator().
Result<int> opset_for(const onnx::NodeProto& proto, int opset) {
  const std::string domain = domain_of(proto), &op = proto.op_type();
  const bool is_side_output = op.find('.') != std::string::npos;  // names of Sluice, not of ONNX
  if (means_onnx(domain, op) || (is_qonnx(domain) && op == "Quant")) return ops::kLastOpset;
  if (!domain.empty()) {
    const char* hint = is_qonnx(domain) ? "Quant is possible" : "export without the optimisations of one runtime";
    return user_error("belongs to the domain \"{}\", which is not ONNX's own; {}", domain, hint);
  }
  if (is_side_output || op == "Quant" || !ops::find_operator(op))
    return user_error("is not supported; {}", hint_for(op));
  return opset;
}

}  // namespace

Result<std::vector<ir::Node>> read_node(const onnx::NodeProto& proto, int index, int opset) {
  ir::Node node;
  node.op = proto.op_type();
  node.name = name_of(proto, index);
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  const bool is_quantised = is_quantised_operator(domain_of(proto), node.op);
  int own_opset = opset;
  if (!is_quantised) own_opset = SLUICE_TRY(opset_for(proto, opset));
  SLUICE_CHECK(read_attributes(proto, node));
  if (is_quantised) {
    if (node.outputs.size() != 1) return user_error("has {} outputs, not one", node.outputs.size());
    return expanded(node, opset);
  }
  SLUICE_CHECK(ops::check_node(node, own_opset));
  return std::vector<ir::Node>{std::move(node)};
}

std::string name_of(const onnx::NodeProto& proto, int index) {
  return printable(proto.name().empty() ? fmt::format("{}_{}", proto.op_type(), index) : proto.name());
}

std::string label_of(const onnx::NodeProto& proto, int index) {
  const std::string name = name_of(proto, index);
  return fmt::format(
      "{} node \"{}\"{}", proto.op_type(), name,
      proto.output_size() > 0 && proto.output(0) != name ? " (output \"" + printable(proto.output(0)) + "\")" : "");
}

}  // namespace sluice::frontend
