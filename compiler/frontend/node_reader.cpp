// SPDX-License-Identifier: Apache-2.0
// Reads nodes and attributes (see node_reader.hpp).
//
// Old files leave AttributeProto.type unset; then the field that is there decides, as it did when they were written.
// Before and after: as the header says.
#include "compiler/frontend/node_reader.hpp"

#include "compiler/frontend/hints.hpp"
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

Status fill(const onnx::NodeProto& proto, int opset, ir::Node& node) {
  const bool is_foreign = !proto.domain().empty() && proto.domain() != "ai.onnx";
  if (is_foreign) {
    return user_error(
        "belongs to the domain \"{}\", which is not ONNX's own; export without the optimisations of one "
        "runtime",
        proto.domain());
  }
  const bool is_side_output = proto.op_type().find('.') != std::string::npos;  // names of Sluice, not of ONNX
  if (is_side_output || !ops::find_operator(proto.op_type()))
    return user_error("is not supported; {}", hint_for(proto.op_type()));
  for (const auto& attribute : proto.attribute()) {
    Result<ir::Attribute> value = read_attribute(attribute);
    if (!value) return std::move(value).error().in("attribute \"" + attribute.name() + "\"");
    if (!node.attributes.emplace(attribute.name(), std::move(*value)).second) {
      return user_error("has the attribute \"{}\" twice", attribute.name());
    }
  }
  return ops::check_node(node, opset);
}

}  // namespace

Result<ir::Node> read_node(const onnx::NodeProto& proto, int index, int opset) {
  ir::Node node;
  node.op = proto.op_type();
  node.name = name_of(proto, index);
  node.inputs.assign(proto.input().begin(), proto.input().end());
  node.outputs.assign(proto.output().begin(), proto.output().end());
  SLUICE_CHECK(fill(proto, opset, node));
  return node;
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
