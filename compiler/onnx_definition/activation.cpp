// SPDX-License-Identifier: Apache-2.0
// Activations: functions of one element, some with numbers of their own.
//
// Definition: ONNX Relu-6 to -14, LeakyRelu-6, PRelu-7 to -16, Clip-6 (attributes), -11 to -13 (inputs), HardSigmoid-6,
// HardSwish-14, Sigmoid-6, Tanh-6, Elu-6, Selu-6, Celu-12, Softplus-1, Softsign-1, ThresholdedRelu-10, Gelu-20,
// Mish-18, Swish-24.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/onnx_definition/elementwise.hpp"

namespace sluice::definition {
namespace {

float sigmoid_of(float x) { return 1 / (1 + std::exp(-x)); }
float softplus_of(float x) { return std::max(x, 0.0f) + std::log1p(std::exp(-std::fabs(x))); }

Result<Values> relu(const Call& call) {
  Value out = call[0];
  for (float& x : out.reals) x = x < 0 ? 0 : x;
  for (std::int64_t& x : out.integers) x = std::max<std::int64_t>(x, 0);
  return one(std::move(out));
}

Result<Values> leaky_relu(const Call& call) {
  const float alpha = call.attributes.real("alpha", 0.01f);
  return one(mapped(call[0], [=](float x) { return x < 0 ? alpha * x : x; }));
}

Result<Values> prelu(const Call& call) {
  const Value &x = call[0], &slope = call[1];
  // Broadcasting goes one way: the slope takes the map's shape.
  Dims dims = SLUICE_TRY(broadcast(x.dims, slope.dims));
  if (dims != x.dims) return user_error("a slope of {} for {}", to_text(slope.dims), to_text(x.dims));
  Value out =
      SLUICE_TRY(combined(x, slope, [](auto value, auto factor) { return value < 0 ? factor * value : value; }));
  return one(std::move(out));
}

// Up to opset 10 the bounds are attributes; inputs count there, too, as files exist that have them. A minimum above the
// maximum makes the maximum of all.
Result<Values> clip(const Call& call) {
  constexpr float kFarthest = std::numeric_limits<float>::max();
  double low = -std::numeric_limits<double>::infinity(), high = -low;
  if (call.opset < 11) {
    low = call.attributes.real("min", -kFarthest);
    high = call.attributes.real("max", kFarthest);
  }
  for (const auto& [index, bound] : {std::pair{1u, &low}, {2u, &high}}) {
    if (!call.has(index)) continue;
    if (call[index].size() != 1) return user_error("a bound is {}, not a number", to_text(call[index].dims));
    *bound = call[index].at(0);
  }
  Value out = call[0];
  for (float& x : out.reals) x = static_cast<float>(std::isnan(x) ? x : std::min(std::max<double>(x, low), high));
  for (std::int64_t& x : out.integers)
    x = static_cast<std::int64_t>(std::min(std::max(static_cast<double>(x), low), high));
  return one(std::move(out));
}

Result<Values> hard_sigmoid(const Call& call) {
  const float alpha = call.attributes.real("alpha", 0.2f), beta = call.attributes.real("beta", 0.5f);
  return one(mapped(call[0], [=](float x) { return std::max(0.0f, std::min(1.0f, alpha * x + beta)); }));
}

Result<Values> hard_swish(const Call& call) {
  return one(mapped(call[0], [](float x) { return x * std::max(0.0f, std::min(1.0f, x / 6 + 0.5f)); }));
}

Result<Values> sigmoid(const Call& call) { return one(mapped(call[0], sigmoid_of)); }
Result<Values> softplus(const Call& call) { return one(mapped(call[0], softplus_of)); }

Result<Values> tanh(const Call& call) {
  return one(mapped(call[0], [](float x) { return std::tanh(x); }));
}

Result<Values> softsign(const Call& call) {
  return one(mapped(call[0], [](float x) { return x / (1 + std::fabs(x)); }));
}

Result<Values> mish(const Call& call) {
  return one(mapped(call[0], [](float x) { return x * std::tanh(softplus_of(x)); }));
}

Result<Values> swish(const Call& call) {
  const float alpha = call.attributes.real("alpha", 1.0f);
  return one(mapped(call[0], [=](float x) { return x * sigmoid_of(alpha * x); }));
}

Result<Values> elu(const Call& call) {
  const float alpha = call.attributes.real("alpha", 1.0f);
  return one(mapped(call[0], [=](float x) { return x < 0 ? alpha * std::expm1(x) : x; }));
}

Result<Values> selu(const Call& call) {
  const float alpha = call.attributes.real("alpha", 1.67326319217681884765625f);
  const float gamma = call.attributes.real("gamma", 1.05070102214813232421875f);
  return one(mapped(call[0], [=](float x) { return gamma * (x <= 0 ? alpha * std::expm1(x) : x); }));
}

Result<Values> celu(const Call& call) {
  const float alpha = call.attributes.real("alpha", 1.0f);
  return one(
      mapped(call[0], [=](float x) { return std::max(0.0f, x) + std::min(0.0f, alpha * std::expm1(x / alpha)); }));
}

Result<Values> thresholded_relu(const Call& call) {
  const float alpha = call.attributes.real("alpha", 1.0f);
  return one(mapped(call[0], [=](float x) { return x > alpha ? x : 0.0f; }));
}

Result<Values> gelu(const Call& call) {
  if (call.attributes.text("approximate", "none") == "tanh") {
    const float factor = std::sqrt(2 / 3.14159265358979f);
    return one(
        mapped(call[0], [=](float x) { return 0.5f * x * (1 + std::tanh(factor * (x + 0.044715f * x * x * x))); }));
  }
  return one(mapped(call[0], [](float x) { return 0.5f * x * (1 + std::erf(x / std::sqrt(2.0f))); }));
}

}  // namespace

const Definitions& activation_definitions() {
  static const Definitions all{{"Celu", 1, celu},
                               {"Clip", 1, clip},
                               {"Elu", 1, elu},
                               {"Gelu", 1, gelu},
                               {"Gelu", 1, gelu, "com.microsoft"},
                               {"HardSigmoid", 1, hard_sigmoid},
                               {"HardSwish", 1, hard_swish},
                               {"LeakyRelu", 1, leaky_relu},
                               {"Mish", 1, mish},
                               {"PRelu", 2, prelu},
                               {"Relu", 1, relu},
                               {"Selu", 1, selu},
                               {"Sigmoid", 1, sigmoid},
                               {"Softplus", 1, softplus},
                               {"Softsign", 1, softsign},
                               {"Swish", 1, swish},
                               {"Tanh", 1, tanh},
                               {"ThresholdedRelu", 1, thresholded_relu}};
  return all;
}

}  // namespace sluice::definition
