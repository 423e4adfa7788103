// SPDX-License-Identifier: Apache-2.0
// Operators that compute on codes: ONNX's QLinearConv and QLinearMatMul, onnxruntime's QGemm and QLinear family.
//
// Definition: ONNX QLinearConv-10, QLinearMatMul-10; onnxruntime's ContribOperators.md, com.microsoft-1. Each is said
// to be an operator of ONNX on the real numbers that codes stand for, (code - zero_point) * scale, whose result is
// rounded, saturated and given as codes. So it is carried out: real operands, that operator's own definition, codes.
// Sums of codes are exact in integers, and here in float, where they are short; a result halfway between two codes may
// differ.
//
// Under Rounding::only_saturation the result keeps its fraction (rounding.hpp), which QuantizeLinear's definition sees
// to.
#include <algorithm>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr const char* kOnnxruntime = "com.microsoft";
constexpr int kOpset = 17;  // of the operators that these are made of

// The real numbers of the codes at input `at`. A list of scales runs along `axis`.
Result<Value> real_of(const Call& call, std::size_t at, std::int64_t axis) {
  if (!call.has(at) || !call.has(at + 1)) return user_error("input {} or {} is missing", at, at + 1);
  const Value &codes = call[at], &scale = call[at + 1];
  const Value* zero = call.has(at + 2) ? &call[at + 2] : nullptr;
  std::int64_t inner = 1, channels = 1;
  if (scale.size() != 1) {
    const std::size_t along = SLUICE_TRY(axis_of(axis, static_cast<std::int64_t>(codes.dims.size())));
    channels = codes.dims[along];
    for (std::size_t d = along + 1; d < codes.dims.size(); ++d) inner *= codes.dims[d];
    if (scale.size() != channels) return user_error("{} scales for {}", scale.size(), to_text(codes.dims));
  }
  Value real = Value::of_reals(codes.dims, codes.as_reals());
  for (std::int64_t i = 0; i < codes.size(); ++i) {
    const std::int64_t channel = i / inner % channels;
    const double from_zero = codes.at(i) - (zero ? zero->at(zero->size() == 1 ? 0 : channel) : 0.0);
    real.reals[static_cast<std::size_t>(i)] = static_cast<float>(from_zero * scale.at(channel));
  }
  real.is_computed = codes.is_computed;
  return real;
}

// The codes of 32 bits that are added before rounding; their step is the product of the operands' steps.
Result<Value> real_bias(const Call& call, std::size_t at) {
  const Value &codes = call[at], &of_x = call[1], &of_w = call[4];
  const std::int64_t last = codes.dims.empty() ? 1 : codes.dims.back();
  if (of_x.size() != 1 || (of_w.size() != 1 && of_w.size() != last))
    return user_error("{} and {} scales for a bias of {}", of_x.size(), of_w.size(), to_text(codes.dims));
  Value real = Value::of_reals(codes.dims, codes.as_reals());
  for (std::int64_t i = 0; i < codes.size(); ++i)
    real.reals[static_cast<std::size_t>(i)] =
        static_cast<float>(codes.at(i) * of_x.at(0) * of_w.at(of_w.size() == 1 ? 0 : i % last));
  return real;
}

// `op` of ONNX on real operands.
Result<Value> carried_out(const Call& call, const char* op, const std::vector<Value>& operands) {
  Call real{call.attributes, kOpset, {}, 1, call.rounding, call.folder};
  for (const Value& operand : operands) real.inputs.push_back(&operand);
  Values results = SLUICE_TRY(run_definition(*find_definition("", op), real));
  results[0].is_computed = real.is_computed();
  return std::move(results[0]);
}

// As codes of the scale at input `at`, with the zero point after it.
Result<Values> as_codes(const Call& call, const Value& real, std::size_t at) {
  if (!call.has(at) || !call.has(at + 1)) return user_error("input {} or {} is missing", at, at + 1);
  const Attributes none;
  const Call quantise{none, kOpset, {&real, &call[at], &call[at + 1]}, 1, call.rounding, call.folder};
  return run_definition(*find_definition("", "QuantizeLinear"), quantise);
}

Status refuse_channels_last(const Call& call) {
  return call.attributes.integer("channels_last", 0) == 0 ? ok() : user_error("channels_last has no definition here");
}

// One operand.
template <const char* const& op>
Result<Values> unary(const Call& call) {
  SLUICE_CHECK(refuse_channels_last(call));
  std::vector<Value> operands(1);
  operands[0] = SLUICE_TRY(real_of(call, 0, 1));
  const Value real = SLUICE_TRY(carried_out(call, op, operands));
  return as_codes(call, real, 3);
}

// Two operands and perhaps a bias.
Result<Values> binary(const Call& call, const char* op, std::int64_t weight_axis, std::size_t bias, std::size_t out) {
  std::vector<Value> operands(2);
  operands[0] = SLUICE_TRY(real_of(call, 0, 1));
  operands[1] = SLUICE_TRY(real_of(call, 3, weight_axis));
  if (bias != 0 && call.has(bias)) {
    Value sum = SLUICE_TRY(real_bias(call, bias));
    operands.push_back(std::move(sum));
  }
  Value real = SLUICE_TRY(carried_out(call, op, operands));
  if (!call.has(out)) return one(std::move(real));
  return as_codes(call, real, out);
}

Result<Values> conv(const Call& call) { return binary(call, "Conv", 0, 8, 6); }
Result<Values> mat_mul(const Call& call) { return binary(call, "MatMul", -1, 0, 6); }
Result<Values> add(const Call& call) { return binary(call, "Add", 1, 0, 6); }
Result<Values> mul(const Call& call) { return binary(call, "Mul", 1, 0, 6); }

Result<Values> gemm(const Call& call) {
  if (call.has(6) && call.attributes.real("alpha", 1.0f) != 1) return user_error("a bias and alpha have no definition");
  return binary(call, "Gemm", call.attributes.integer("transB", 0) != 0 ? 0 : -1, 6, 7);
}

// The result's scale and zero point come first.
Result<Values> concat(const Call& call) {
  std::vector<Value> operands;
  for (std::size_t at = 2; at + 2 < call.inputs.size(); at += 3) {
    Value operand = SLUICE_TRY(real_of(call, at, 1));
    operands.push_back(std::move(operand));
  }
  const Value real = SLUICE_TRY(carried_out(call, "Concat", operands));
  return as_codes(call, real, 0);
}

constexpr const char* kAveragePool = "AveragePool";
constexpr const char* kGlobalAveragePool = "GlobalAveragePool";
constexpr const char* kLeakyRelu = "LeakyRelu";
constexpr const char* kReduceMean = "ReduceMean";
constexpr const char* kSigmoid = "Sigmoid";
constexpr const char* kSoftmax = "Softmax";

}  // namespace

const Definitions& quantised_operator_definitions() {
  static const Definitions all{{"QGemm", 6, gemm, kOnnxruntime},
                               {"QLinearAdd", 8, add, kOnnxruntime},
                               {"QLinearAveragePool", 5, unary<kAveragePool>, kOnnxruntime},
                               {"QLinearConcat", 5, concat, kOnnxruntime},
                               {"QLinearConv", 8, conv},
                               {"QLinearGlobalAveragePool", 5, unary<kGlobalAveragePool>, kOnnxruntime},
                               {"QLinearLeakyRelu", 5, unary<kLeakyRelu>, kOnnxruntime},
                               {"QLinearMatMul", 8, mat_mul},
                               {"QLinearMul", 8, mul, kOnnxruntime},
                               {"QLinearReduceMean", 5, unary<kReduceMean>, kOnnxruntime},
                               {"QLinearSigmoid", 5, unary<kSigmoid>, kOnnxruntime},
                               {"QLinearSoftmax", 5, unary<kSoftmax>, kOnnxruntime}};
  return all;
}

}  // namespace sluice::definition
