// SPDX-License-Identifier: Apache-2.0
// Codes: QuantizeLinear, DequantizeLinear (ONNX's and onnxruntime's own), DynamicQuantizeLinear, QONNX's Quant.
//
// Definition: ONNX QuantizeLinear-10, -13 (axis), -19, -21 (output_dtype, 16 and 4 bits, blocks): round to the nearest,
// ties to even, add the zero point, saturate; the result has the zero point's type. DequantizeLinear-10 to -21.
// com.microsoft QuantizeLinear and DequantizeLinear are the same with further types. qonnx.custom_op.general Quant-1:
// scale * (clamp(round(x / scale + zero_point)) - zero_point), `narrow` takes the least code away.
//
// Codes that are computed keep the real numbers they stand for (Value::stands_for): an operator on codes may read them,
// and then no value of the file would hold those numbers, which is what others compare with.
//
// Under Rounding::only_saturation a computed value keeps its fraction: codes are clamp(x / scale + zero_point), under
// wide_saturation with half a code more on both sides.
#include <algorithm>
#include <cmath>

#include "compiler/onnx_definition/definition.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr int kUint8 = 2;
constexpr const char* kOnnxruntime = "com.microsoft";

// For each element of `data`, the element of the scale that it takes; empty where there is one for all.
Result<std::vector<std::int64_t>> scale_indices(const Call& call) {
  const Dims &data = call[0].dims, &scale = call[1].dims;
  if (call[1].size() == 1) return std::vector<std::int64_t>();
  if (data.empty()) return user_error("a scale of {} for a number", to_text(scale));
  const auto rank = static_cast<std::int64_t>(data.size());
  const auto axis = SLUICE_TRY(axis_of(call.attributes.integer("axis", 1), rank));
  const std::int64_t block = call.attributes.integer("block_size", 0);
  Dims of_scale(data.size(), 1);  // the scale, with the rank of the data
  if (block > 0) {
    of_scale = data;
    of_scale[axis] = (data[axis] + block - 1) / block;
    if (of_scale != scale) return user_error("a scale of {} for {}", to_text(scale), to_text(data));
  } else {
    of_scale[axis] = data[axis];
    if (call[1].size() != data[axis]) return user_error("a scale of {} for {}", to_text(scale), to_text(data));
  }
  const Dims strides = strides_of(of_scale);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(call[0].size()), 0);
  std::int64_t inner = 1;
  for (std::size_t d = data.size(); d-- > 0; inner *= data[d]) {
    if (of_scale[d] == 1) continue;
    const std::int64_t step = d == axis && block > 0 ? block : 1;
    for (std::size_t i = 0; i < indices.size(); ++i)
      indices[i] += static_cast<std::int64_t>(i) / inner % data[d] / step * strides[d];
  }
  return indices;
}

double zero_of(const Call& call, std::int64_t index) { return call.has(2) ? call[2].at(index) : 0.0; }

Status check_zero_point(const Call& call) {
  if (call.has(2) && call[2].size() != call[1].size())
    return user_error("a zero point of {} for a scale of {}", to_text(call[2].dims), to_text(call[1].dims));
  return ok();
}

// One code: rounded where the definition is carried out as it is.
double code_of(double x, double scale, double zero, std::pair<double, double> range, bool rounds) {
  // In float, as the definition's types are: the quotient decides between two codes.
  const float quotient = static_cast<float>(x) / static_cast<float>(scale);
  if (std::isnan(quotient)) return 0;
  return std::clamp((rounds ? std::nearbyint(quotient) : quotient) + zero, range.first, range.second);
}

// What codes of the call's scale and zero point stand for. Codes of 32 bits do not fit a float.
std::vector<float> real_numbers(const Call& call, const Value& codes, const std::vector<std::int64_t>& indices) {
  std::vector<float> numbers(static_cast<std::size_t>(codes.size()));
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::int64_t s = indices.empty() ? 0 : indices[i];
    numbers[i] = static_cast<float>((codes.at(static_cast<std::int64_t>(i)) - zero_of(call, s)) * call[1].at(s));
  }
  return numbers;
}

bool keeps_fraction(const Call& call) { return call.rounding != Rounding::as_defined && call.is_computed(); }

// As far as codes go, whether they keep their fraction or not.
std::pair<double, double> reached(std::pair<double, double> range, const Call& call) {
  const double room = keeps_fraction(call) && call.rounding == Rounding::wide_saturation ? 0.5 : 0.0;
  return {range.first - room, range.second + room};
}

Result<Values> quantize_linear(const Call& call) {
  SLUICE_CHECK(check_zero_point(call));
  const auto indices = SLUICE_TRY(scale_indices(call));
  const int stated = static_cast<int>(call.attributes.integer("output_dtype", 0));
  const int type = call.has(2) ? call[2].type : stated != 0 ? stated : kUint8;
  if (!is_integer_type(type)) return user_error("codes of element type {} have no definition here", type);
  const auto range = reached(range_of(type), call);
  Value out;
  out.type = type;
  out.dims = call[0].dims;
  const bool is_real = keeps_fraction(call);
  const auto count = static_cast<std::size_t>(call[0].size());
  if (is_real)
    out.reals.resize(count);
  else
    out.held = Value::Held::integers, out.integers.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t s = indices.empty() ? 0 : indices[i];
    const double code =
        code_of(call[0].at(static_cast<std::int64_t>(i)), call[1].at(s), zero_of(call, s), range, !is_real);
    if (is_real)
      out.reals[i] = static_cast<float>(code);
    else
      out.integers[i] = static_cast<std::int64_t>(code);
  }
  if (call.is_computed()) out.stands_for = real_numbers(call, out, indices);
  return one(std::move(out));
}

Result<Values> dequantize_linear(const Call& call) {
  SLUICE_CHECK(check_zero_point(call));
  const auto indices = SLUICE_TRY(scale_indices(call));
  return one(Value::of_reals(call[0].dims, real_numbers(call, call[0], indices)));
}

Result<Values> dynamic_quantize_linear(const Call& call) {
  const Value& x = call[0];
  const auto [least, largest] = std::minmax_element(x.reals.begin(), x.reals.end());
  if (x.reals.empty()) return user_error("the input is empty");
  const float low = std::min(0.0f, *least), high = std::max(0.0f, *largest), scale = (high - low) / 255;
  const double zero = std::clamp(std::nearbyint(-low / scale), 0.0f, 255.0f);
  std::vector<std::int64_t> codes(x.reals.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = static_cast<std::int64_t>(code_of(x.reals[i], scale, zero, {0, 255}, true));
  Values values;
  values.push_back(Value::of_integers(x.dims, std::move(codes), kUint8));
  values.push_back(Value::of_reals({}, {scale}));
  values.push_back(Value::of_integers({}, {static_cast<std::int64_t>(zero)}, kUint8));
  return values;
}

// x, scale, zero_point, bit width; the result is real.
Result<Values> quant(const Call& call) {
  const Value& x = call[0];
  if (call[3].size() != 1) return user_error("bit widths that differ have no definition here");
  const double bits = call[3].at(0);
  const bool is_signed = call.attributes.integer("signed", 1) != 0,
             is_narrow = call.attributes.integer("narrow", 0) != 0;
  const std::string mode = call.attributes.text("rounding_mode", "ROUND");
  if (mode != "ROUND") return user_error("rounding_mode \"{}\" has no definition here", mode);
  if (!(bits >= 1 && bits <= 32)) return user_error("codes of {} bits", bits);
  const double least = is_signed ? -std::exp2(bits - 1) + is_narrow : 0.0;
  const double most = is_signed ? std::exp2(bits - 1) - 1 : std::exp2(bits) - 1 - is_narrow;
  const auto range = reached({least, most}, call);
  Dims dims = SLUICE_TRY(broadcast(x.dims, call[1].dims));
  dims = SLUICE_TRY(broadcast(dims, call[2].dims));
  if (dims != x.dims) return user_error("a scale of {} for {}", to_text(call[1].dims), to_text(x.dims));
  const auto of_scale = broadcast_indices(call[1].dims, dims), of_zero = broadcast_indices(call[2].dims, dims);
  Value out = x;
  const bool rounds = !keeps_fraction(call);
  for (std::size_t i = 0; i < out.reals.size(); ++i) {
    const double scale = call[1].at(broadcast_index(of_scale, static_cast<std::int64_t>(i)));
    const double zero = call[2].at(broadcast_index(of_zero, static_cast<std::int64_t>(i)));
    const double code = std::clamp(x.reals[i] / scale + zero, range.first, range.second);
    out.reals[i] = static_cast<float>(((rounds ? std::nearbyint(code) : code) - zero) * scale);
  }
  return one(std::move(out));
}

}  // namespace

const Definitions& quantisation_definitions() {
  static const Definitions all{{"DequantizeLinear", 2, dequantize_linear},
                               {"DequantizeLinear", 2, dequantize_linear, kOnnxruntime},
                               {"DynamicQuantizeLinear", 1, dynamic_quantize_linear},
                               // The domain has moved twice.
                               {"Quant", 4, quant, "finn.custom_op.general"},
                               {"Quant", 4, quant, "onnx.brevitas"},
                               {"Quant", 4, quant, "qonnx.custom_op.general"},
                               {"QuantizeLinear", 2, quantize_linear},
                               {"QuantizeLinear", 2, quantize_linear, kOnnxruntime}};
  return all;
}

}  // namespace sluice::definition
