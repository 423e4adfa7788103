// SPDX-License-Identifier: Apache-2.0
// ConstantOfShape: one number repeated; PyTorch's exporter writes paddings with it.
// Definition: ONNX ConstantOfShape-9; default is a float 0.
// Before: the shape is known. After: a tensor of that shape.
#include "compiler/ops/axes.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  auto value = node.attributes.find("value");
  if (value == node.attributes.end()) return ok();
  const ir::Tensor& number = std::get<ir::Tensor>(value->second);
  return number.size() == 1 && !number.is_text() ? ok() : user_error("value must hold one number");
}

Result<ir::Dims> shape_rule(const Call& call) { return call.integers(0, "shape"); }

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  auto value = call.node.attributes.find("value");
  if (value == call.node.attributes.end()) return ir::Tensor::zeros(out);
  const ir::Tensor& number = std::get<ir::Tensor>(value->second);
  return take(number, out, ir::Dims(out.size(), 0), 0);
}

}  // namespace

const Operator& constant_of_shape() {
  static const Operator record{.name = "ConstantOfShape",
                               .since_opset = 9,
                               .attributes = {{"value", AttributeKind::tensor}},
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
