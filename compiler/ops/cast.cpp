// SPDX-License-Identifier: Apache-2.0
// Cast: another type for the same numbers, or their text.
// Definition: ONNX Cast-6, -9, -13, -19. float16 and bfloat16 are rounded to (ops/narrow_floats.hpp); double is float.
// Before: a target type of element_types.hpp. After: floats truncated towards zero when integers are asked for; text in
// the shortest form that reads back as the same float.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "compiler/ops/axes.hpp"
#include "compiler/ops/element_types.hpp"
#include "compiler/ops/narrow_floats.hpp"
#include "compiler/ops/op.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::ops {
namespace {

Status accept(const ir::Node& node, int) {
  if (!node.attributes.count("to")) return user_error("the target type is missing");
  if (!element_type(node.integer("to", 0))) {
    return user_error("casts to {}; possible are {}", element_type_name(node.integer("to", 0)), kElementTypesText);
  }
  return ok();
}

Result<ir::Dims> shape_rule(const Call& call) { return call.dims(0); }

std::int64_t to_integer(float value, ir::ElementType type) {
  if (type == ir::ElementType::boolean) return value != 0.0f;
  if (std::isnan(value)) return 0;
  // The largest floats that are safe to convert; beyond them C++ leaves the result open.
  return wrap(static_cast<std::int64_t>(std::clamp(value, -9.2e18f, 9.2e18f)), type);
}

float narrowed(float value, std::int64_t onnx_type) {
  if (onnx_type == kOnnxFloat16) return as_half(value);
  if (onnx_type == kOnnxBfloat16) return as_bfloat16(value);
  return value;
}

std::string to_text(const ir::Tensor& in, std::size_t i) {
  if (in.is_integer()) return std::to_string(in.integers[i]);
  const float value = in.values[i];
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "INF" : "-INF";
  return fmt::format("{}", value);
}

// The whole of `text` as a number of type T, in the C locale whatever the program's locale is.
template <typename T>
Result<T> number_of(const std::string& text) {
  T number{};
  const char* first = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return user_error("the text \"{}\" is no number of that type", text.substr(0, 40));
  return number;
}

Result<ir::Tensor> run(const Call& call, const ir::Dims& out) {
  const ir::Tensor& in = call.value(0);
  const std::int64_t onnx_type = call.node.integer("to", 0);
  ir::Tensor result = empty_like(out, *element_type(onnx_type));
  for (std::size_t i = 0; i < result.texts.size(); ++i) result.texts[i] = in.is_text() ? in.texts[i] : to_text(in, i);
  for (std::size_t i = 0; i < result.values.size(); ++i) {
    float value = 0;
    if (in.is_text())
      value = SLUICE_TRY(number_of<float>(in.texts[i]));
    else
      value = in.at(static_cast<std::int64_t>(i));
    result.values[i] = narrowed(value, onnx_type);
  }
  for (std::size_t i = 0; i < result.integers.size(); ++i) {
    if (in.is_text()) {
      const std::int64_t number = SLUICE_TRY(number_of<std::int64_t>(in.texts[i]));
      result.integers[i] = wrap(number, result.type);
    } else
      result.integers[i] = in.is_integer() ? wrap(in.integers[i], result.type) : to_integer(in.values[i], result.type);
  }
  return result;
}

}  // namespace

const Operator& cast() {
  static const Operator record{.name = "Cast",
                               .attributes = {{"saturate", AttributeKind::integer, 19}, {"to", AttributeKind::integer}},
                               .takes_text = true,
                               .accept = accept,
                               .shape = shape_rule,
                               .evaluate = run};
  return record;
}

}  // namespace sluice::ops
