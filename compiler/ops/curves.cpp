// SPDX-License-Identifier: Apache-2.0
// Every operator that is a curve of ir/curve.hpp: a function of each number by itself.
//
// Why one file: the functions stand there, and what is left of a record is its opset and its attributes.
// Definition: ONNX HardSigmoid-6, HardSwish-14, Sigmoid-6, Tanh-6, Softplus-1, Elu-6, Selu-6, Celu-12, Mish-18,
// Gelu-20, Swish-24. PyTorch's HardSigmoid has alpha = 1/6; the default of ONNX and of Paddle is 0.2. HardSwish, Swish
// and Mish are also of the front end's own making (passes/recognise_hard_swish, recognise_swish), in graphs of any
// opset. Before: any tensor. After: the same shape.
#include "compiler/ir/curve.hpp"
#include "compiler/ops/elementwise.hpp"

namespace sluice::ops {
namespace {

Result<ir::Tensor> run(const Call& call, const ir::Dims&) {
  const ir::Activation of = *ir::curve_of(call.node);
  const ir::CurveFunction curve = ir::curve_function(of.curve);
  return map_values(call.value(0), [&](float x) { return static_cast<float>(curve(x, of.alpha, of.beta)); });
}

Operator curve(const char* name, std::vector<AttributeRule> attributes = {}, int since_opset = kFirstOpset) {
  return {.name = name,
          .since_opset = since_opset,
          .attributes = std::move(attributes),
          .shape = same_shape,
          .evaluate = run};
}

constexpr AttributeRule kAlpha{"alpha", AttributeKind::real}, kBeta{"beta", AttributeKind::real},
    kGamma{"gamma", AttributeKind::real}, kApproximate{"approximate", AttributeKind::text};

}  // namespace

const Operator& hard_sigmoid() {
  static const Operator record = curve("HardSigmoid", {kAlpha, kBeta});
  return record;
}

const Operator& hard_swish() {
  static const Operator record = curve("HardSwish");
  return record;
}

const Operator& sigmoid() {
  static const Operator record = curve("Sigmoid");
  return record;
}

const Operator& swish() {
  static const Operator record = curve("Swish", {kAlpha});
  return record;
}

const Operator& hyperbolic_tangent() {
  static const Operator record = curve("Tanh");
  return record;
}

const Operator& softplus() {
  static const Operator record = curve("Softplus");
  return record;
}

const Operator& elu() {
  static const Operator record = curve("Elu", {kAlpha});
  return record;
}

const Operator& selu() {
  static const Operator record = curve("Selu", {kAlpha, kGamma});
  return record;
}

const Operator& celu() {
  static const Operator record = curve("Celu", {kAlpha}, 12);
  return record;
}

const Operator& mish() {
  static const Operator record = curve("Mish");
  return record;
}

const Operator& gelu() {
  static const Operator record = curve("Gelu", {kApproximate}, 20);
  return record;
}

}  // namespace sluice::ops
