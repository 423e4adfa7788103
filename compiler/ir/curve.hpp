// SPDX-License-Identifier: Apache-2.0
// Curves: functions of one number that may be fused to a node, each with its name and the facts that others rely on.
//
// Why one place: float network, value ranges, passes, quantiser and validation must mean the same function, and a new
// curve is then one line of the list in curve.cpp and one operator record.
//
// Definitions are those of ONNX's operators of these names; written with alpha and beta, the attributes of Activation:
//   hard_sigmoid  min(1, max(0, alpha x + beta))       sigmoid   1 / (1 + exp(-x))
//   hard_swish    x * hard_sigmoid(x)                  swish     x * sigmoid(alpha x)          (SiLU: alpha 1)
//   tanh          tanh x                               softplus  ln(1 + exp x)
//   elu           x, below 0: alpha (exp x - 1)        mish      x * tanh(softplus x)
//   selu          beta * elu(x; alpha)                 gelu      x * Phi(x); gelu_tanh: its usual approximation
//   celu          x, below 0: alpha (exp(x / alpha) - 1)
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::ir {

using CurveFunction = double (*)(double x, double alpha, double beta);

// Before: not Curve::none. In double precision.
CurveFunction curve_function(Curve curve);
// The same for one number, without the clamp.
double curve_value(const Activation& activation, double x);

const char* to_text(Curve curve);

// Never falls where its argument grows, so that a maximum may be taken before it or after it.
bool rises(const Activation& activation);

// Numbers that it makes of those in `input`.
Range curve_range(const Activation& activation, const Range& input);

// The function that a node of its own stands for, where it is a curve (HardSwish, Sigmoid, Elu, ...).
std::optional<Activation> curve_of(const Node& node);

}  // namespace sluice::ir
