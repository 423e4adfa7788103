// SPDX-License-Identifier: Apache-2.0
// The list of curves (see curve.hpp).
#include "compiler/ir/curve.hpp"

#include <algorithm>
#include <cmath>

namespace sluice::ir {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::fabs(x))); }
double gate(double x, double alpha, double beta) { return std::clamp(alpha * x + beta, 0.0, 1.0); }
double elu(double x, double alpha) { return x < 0 ? alpha * std::expm1(x) : x; }
// x times a gate that goes to zero on the left: so does the product, though x does not.
double gated(double x, double share) { return share == 0 ? 0 : x * share; }

double gelu_tanh(double x) {
  constexpr double kRootOfTwoOverPi = 0.7978845608028654;
  return gated(x, 0.5 * (1 + std::tanh(kRootOfTwoOverPi * (x + 0.044715 * x * x * x))));
}

struct Record {
  Curve curve;
  const char* name;
  const char* op;  // of ONNX
  CurveFunction value;
  double alpha, beta;  // ONNX's defaults of those attributes
  // Of a curve that falls somewhere: its least value, a little below, for alpha 1. It is nowhere above max(x, 0).
  double least = 0;
};

// Where each operator's least value lies: hard_swish and swish scale with 1 / alpha.
constexpr Record kRecords[] = {
    {Curve::hard_sigmoid, "hard_sigmoid", "HardSigmoid", gate, 0.2f, 0.5f},
    {Curve::hard_swish, "hard_swish", "HardSwish", [](double x, double a, double b) { return gated(x, gate(x, a, b)); },
     1.0f / 6, 0.5f},
    {Curve::sigmoid, "sigmoid", "Sigmoid", [](double x, double, double) { return sigmoid(x); }, 1, 0},
    {Curve::swish, "swish", "Swish", [](double x, double a, double) { return gated(x, sigmoid(a * x)); }, 1, 0,
     -0.2785},
    {Curve::tanh, "tanh", "Tanh", [](double x, double, double) { return std::tanh(x); }, 1, 0},
    {Curve::softplus, "softplus", "Softplus", [](double x, double, double) { return softplus(x); }, 1, 0},
    {Curve::elu, "elu", "Elu", [](double x, double a, double) { return elu(x, a); }, 1, 0},
    {Curve::selu, "selu", "Selu", [](double x, double a, double b) { return b * elu(x, a); },
     1.67326319217681884765625f, 1.05070102214813232421875f},
    {Curve::celu, "celu", "Celu", [](double x, double a, double) { return x < 0 ? a * std::expm1(x / a) : x; }, 1, 0},
    {Curve::mish, "mish", "Mish", [](double x, double, double) { return gated(x, std::tanh(softplus(x))); }, 1, 0,
     -0.3089},
    {Curve::gelu, "gelu", "Gelu",
     [](double x, double, double) { return gated(x, 0.5 * std::erfc(-x * std::sqrt(0.5))); }, 1, 0, -0.1701},
    {Curve::gelu_tanh, "gelu_tanh", "", [](double x, double, double) { return gelu_tanh(x); }, 1, 0, -0.1701},
};

const Record& record_of(Curve curve) {
  return *std::find_if(std::begin(kRecords), std::end(kRecords), [&](const Record& r) { return r.curve == curve; });
}

// x * min(1, max(0, alpha x + beta)) is least at x = -beta / (2 alpha), where the gate is beta / 2.
double least_of_hard_swish(double alpha, double beta) {
  return alpha > 0 && beta >= 0 && beta <= 2 ? -beta * beta / (4 * alpha) : -kInfinity;
}

}  // namespace

CurveFunction curve_function(Curve curve) { return record_of(curve).value; }

double curve_value(const Activation& activation, double x) {
  return curve_function(activation.curve)(x, activation.alpha, activation.beta);
}

const char* to_text(Curve curve) { return curve == Curve::none ? "none" : record_of(curve).name; }

bool rises(const Activation& activation) {
  switch (activation.curve) {
    case Curve::hard_sigmoid:
    case Curve::elu:
      return activation.alpha >= 0;
    case Curve::celu:
      return activation.alpha > 0;
    case Curve::selu:
      return activation.alpha >= 0 && activation.beta >= 0;
    default:
      return activation.curve != Curve::hard_swish && record_of(activation.curve).least == 0;
  }
}

Range curve_range(const Activation& activation, const Range& input) {
  if (activation.curve == Curve::hard_sigmoid) return {0, 1};
  if (activation.curve == Curve::hard_swish)
    return {least_of_hard_swish(activation.alpha, activation.beta), std::max(input.high, 0.0)};
  if (rises(activation)) return {curve_value(activation, input.low), curve_value(activation, input.high)};
  const double least = record_of(activation.curve).least;
  if (least == 0 || !(activation.alpha > 0)) return {};
  return {least / activation.alpha, std::max(input.high, 0.0)};
}

std::optional<Activation> curve_of(const Node& node) {
  const auto found =
      std::find_if(std::begin(kRecords), std::end(kRecords), [&](const Record& r) { return node.op == r.op; });
  if (found == std::end(kRecords)) return std::nullopt;
  Activation activation;
  activation.curve = found->curve;
  if (node.op == "Gelu" && node.text("approximate", "none") == "tanh") activation.curve = Curve::gelu_tanh;
  const char* second = activation.curve == Curve::selu ? "gamma" : "beta";
  activation.alpha = node.real("alpha", static_cast<float>(found->alpha));
  activation.beta = node.real(second, static_cast<float>(found->beta));
  return activation;
}

}  // namespace sluice::ir
