// SPDX-License-Identifier: Apache-2.0
// Constant: a tensor written into the graph; passes/fold_constants makes an initialiser of it.
// Definition: ONNX Constant-1, -9, -11, -12 (single numbers and lists), -13.
// Before: exactly one value attribute. After: that tensor.
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  if (node.attributes.size() != 1)
    return user_error("must have exactly one value attribute, has {}", node.attributes.size());
  return ok();
}

struct ValueOf {
  ir::Tensor operator()(const ir::Tensor& tensor) const { return tensor; }
  ir::Tensor operator()(float number) const { return ir::Tensor::of_values({}, {number}); }
  ir::Tensor operator()(const std::vector<float>& list) const {
    return ir::Tensor::of_values({static_cast<std::int64_t>(list.size())}, list);
  }
  ir::Tensor operator()(const std::vector<std::int64_t>& list) const { return ir::Tensor::of_integers(list); }
  ir::Tensor operator()(std::int64_t number) const {
    ir::Tensor tensor = ir::Tensor::of_integers({number});
    tensor.dims.clear();
    return tensor;
  }
  ir::Tensor operator()(const std::string&) const { return {}; }
};

Result<ir::Dims> shape_rule(const Call& call) {
  const ir::Attribute& value = call.node.attributes.begin()->second;
  // The tensor form may be large: its shape is read without a copy.
  if (const ir::Tensor* tensor = std::get_if<ir::Tensor>(&value)) return tensor->dims;
  return std::visit(ValueOf{}, value).dims;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  return std::visit(ValueOf{}, call.node.attributes.begin()->second);
}

}  // namespace

const Operator& constant() {
  static const Operator record{.name = "Constant",
                               .least_inputs = 0,
                               .most_inputs = 0,
                               .attributes = {{"value", AttributeKind::tensor},
                                              {"value_float", AttributeKind::real, 12},
                                              {"value_floats", AttributeKind::reals, 12},
                                              {"value_int", AttributeKind::integer, 12},
                                              {"value_ints", AttributeKind::integers, 12}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
