// SPDX-License-Identifier: Apache-2.0
// The operator table, and the checks that are the same for all of them.
//
// Why: a record states rules as data; here they are applied, so that no operator repeats "wrong kind of attribute".
// Before: op_list.inc names every record. After: errors speak of the node by the name the user gave it.
#include "compiler/ops/op.hpp"

#include <algorithm>
#include <map>

#include "compiler/ir/curve.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {

#define SLUICE_OP(function) const Operator& function();
#include "compiler/ops/op_list.inc"
#undef SLUICE_OP

const std::vector<const Operator*>& all_operators() {
  static const std::vector<const Operator*> table = {
#define SLUICE_OP(function) &function(),
#include "compiler/ops/op_list.inc"
#undef SLUICE_OP
  };
  return table;
}

const Operator* find_operator(const std::string& name) {
  static const std::map<std::string, const Operator*> by_name = [] {
    std::map<std::string, const Operator*> names;
    for (const Operator* op : all_operators()) names[op->name] = op;
    return names;
  }();
  auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

namespace {

const char* kind_text(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::integer:
      return "an integer";
    case AttributeKind::real:
      return "a float";
    case AttributeKind::text:
      return "a string";
    case AttributeKind::integers:
      return "a list of integers";
    case AttributeKind::reals:
      return "a list of floats";
    case AttributeKind::tensor:
      return "a tensor";
  }
  return "?";
}

Status check_attribute(const Operator& op, const std::string& key, const ir::Attribute& value, int opset) {
  for (const AttributeRule& rule : op.attributes) {
    if (key != rule.name || opset < rule.since || opset > rule.until) continue;
    // The order of the variant's alternatives is the order of AttributeKind.
    if (value.index() == static_cast<std::size_t>(rule.kind)) return ok();
    return user_error("attribute \"{}\" must be {}", key, kind_text(rule.kind));
  }
  return user_error("attribute \"{}\" is not part of {} in opset {}; export again with a current exporter", key,
                    op.name, opset);
}

}  // namespace

Status check_node(const ir::Node& node, int opset) {
  const Operator* op = find_operator(node.op);
  if (!op) return user_error("{} is not supported", node.op);
  if (opset < op->since_opset) {
    return user_error("{} exists since opset {}, the model says {}", node.op, op->since_opset, opset);
  }
  for (const auto& [key, value] : node.attributes) SLUICE_CHECK(check_attribute(*op, key, value, opset));
  std::size_t given = node.inputs.size();
  while (given > 0 && node.inputs[given - 1].empty()) --given;
  if (given > op->most_inputs) return user_error("has {} inputs, {} takes at most {}", given, node.op, op->most_inputs);
  for (std::size_t i = 0; i < op->least_inputs; ++i) {
    if (i >= given || node.inputs[i].empty()) return user_error("input {} is missing", i);
  }
  return op->accept ? op->accept(node, opset) : ok();
}

Result<const ir::Tensor*> Call::constant(std::size_t index, const char* what) const {
  if (!has(index)) return user_error("the {} is missing", what);
  if (!inputs[index].value) {
    return user_error("the {} (\"{}\") is computed from the picture; export it as a constant", what,
                      node.inputs[index]);
  }
  return inputs[index].value;
}

Result<std::vector<std::int64_t>> Call::integers(std::size_t index, const char* what) const {
  const ir::Tensor* tensor = SLUICE_TRY(constant(index, what));
  if (tensor->dims.size() > 1) return user_error("the {} must be a list, not {}", what, ir::to_text(tensor->dims));
  if (!tensor->is_integer()) return user_error("the {} must be integers", what);
  return tensor->integers;
}

Result<ir::Dims> infer_shape(const Call& call) {
  const Operator* op = find_operator(call.node.op);
  if (!op) return user_error("{} is not supported", call.node.label());
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    const ir::Tensor* value = call.inputs[i].value;
    if (value && value->is_text() && !op->takes_text)
      return user_error("{}: input {} is text; numbers are possible", call.node.label(), i);
  }
  Result<ir::Dims> dims = op->shape(call);
  if (!dims) return std::move(dims).error().in(call.node.label());
  if (ir::element_count(*dims) > ir::kMaxElements) {
    return user_error("{}: the result of {} is larger than {} numbers", call.node.label(), ir::to_text(*dims),
                      ir::kMaxElements);
  }
  return dims;
}

Result<ir::Tensor> evaluate(const Call& call) {
  const ir::Dims out = SLUICE_TRY(infer_shape(call));
  Result<ir::Tensor> result = find_operator(call.node.op)->evaluate(call, out);
  if (!result) return std::move(result).error().in(call.node.label());
  apply(call.node.activation, *result);
  return result;
}

void apply(const ir::Activation& activation, ir::Tensor& tensor) {
  if (activation.curve != ir::Curve::none) {
    const ir::CurveFunction curve = ir::curve_function(activation.curve);
    for (float& value : tensor.values) value = static_cast<float>(curve(value, activation.alpha, activation.beta));
  }
  if (activation.low && activation.high) {
    const float low = *activation.low, high = *activation.high;
    for (float& value : tensor.values) value = std::min(std::max(value, low), high);
  } else if (activation.low) {
    const float low = *activation.low;
    for (float& value : tensor.values) value = std::max(value, low);
  } else if (activation.high) {
    const float high = *activation.high;
    for (float& value : tensor.values) value = std::min(value, high);
  }
}

}  // namespace sluice::ops
