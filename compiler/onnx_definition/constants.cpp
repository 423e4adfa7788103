// SPDX-License-Identifier: Apache-2.0
// Constants and types: Constant, ConstantOfShape, Shape, Size, Range, Cast, CastLike, EyeLike, Identity, Dropout.
//
// Definition: ONNX Constant-1 to -13, ConstantOfShape-9, Shape-1 to -15 (start, end), Size-1, Range-11, Cast-6 to -19
// (reals are cut off towards zero, texts in the shortest form that reads back), CastLike-15, Identity-1, Dropout-7 to
// -13: outside training the input itself, and a mask of ones.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "compiler/onnx_definition/definition.hpp"
#include "compiler/onnx_definition/tensor_values.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

constexpr int kFloat = 1, kInt64 = 7, kString = 8;

Result<Values> constant(const Call& call) {
  if (call.attributes.all().size() != 1) return user_error("must have one value, has {}", call.attributes.all().size());
  const auto& [name, attribute] = *call.attributes.all().begin();
  if (name == "value") {
    Value value = SLUICE_TRY(value_of(attribute->t(), call.folder));
    return one(std::move(value));
  }
  if (name == "value_float") return one(Value::of_reals({}, {attribute->f()}));
  if (name == "value_int") return one(Value::of_integers({}, {attribute->i()}));
  if (name == "value_floats")
    return one(Value::of_reals({attribute->floats_size()}, {attribute->floats().begin(), attribute->floats().end()}));
  if (name == "value_ints")
    return one(Value::of_integers({attribute->ints_size()}, {attribute->ints().begin(), attribute->ints().end()}));
  return user_error("a constant in \"{}\" has no definition here", name);
}

Result<Values> constant_of_shape(const Call& call) {
  const std::vector<std::int64_t> dims = call[0].as_integers();
  const std::size_t count = SLUICE_TRY(element_count(dims));
  const auto* attribute = call.attributes.find("value");
  Value element = Value::of_reals({1}, {0.0f});
  if (attribute) element = SLUICE_TRY(value_of(attribute->t(), call.folder));
  if (element.size() != 1) return user_error("the value is {}", to_text(element.dims));
  return one(gathered(element, dims, std::vector<std::int64_t>(count, 0)));
}

Result<Values> shape(const Call& call) {
  const auto rank = static_cast<std::int64_t>(call[0].dims.size());
  const auto bound = [&](const char* name, std::int64_t otherwise) {
    const std::int64_t given = call.attributes.integer(name, otherwise);
    return std::clamp<std::int64_t>(given < 0 ? given + rank : given, 0, rank);
  };
  const std::int64_t start = bound("start", 0), end = std::max(start, bound("end", rank));
  return one(Value::of_integers({end - start}, {call[0].dims.begin() + start, call[0].dims.begin() + end}));
}

Result<Values> size(const Call& call) { return one(Value::of_integers({}, {call[0].size()})); }

Result<Values> range(const Call& call) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (call[i].size() != 1) return user_error("input {} is not a number", i);
  }
  const double start = call[0].at(0), step = call[2].at(0), length = std::ceil((call[1].at(0) - start) / step);
  if (!(length < static_cast<double>(kMostElements))) return user_error("{} numbers", length);
  const std::int64_t count = std::max<std::int64_t>(0, static_cast<std::int64_t>(length));
  Value out = Value::zeros_like(call[0], {count});
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const double number = start + static_cast<double>(i) * step;
    if (out.is_integer())
      out.integers[i] = static_cast<std::int64_t>(number);
    else
      out.reals[i] = static_cast<float>(number);
  }
  return one(std::move(out));
}

std::string text_of(const Value& in, std::size_t i) {
  if (in.is_integer()) return std::to_string(in.integers[i]);
  const float x = in.reals[i];
  if (std::isnan(x)) return "NaN";
  return std::isinf(x) ? (x > 0 ? "INF" : "-INF") : fmt::format("{}", x);
}

template <typename T>
Result<T> number_in(const std::string& text) {
  T number{};
  const char* first = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(first, text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    return user_error("the text \"{}\" is no number", text.substr(0, 40));
  return number;
}

std::int64_t integer_of(float x, int type) {
  if (type == kBool) return x != 0;
  if (std::isnan(x)) return 0;
  // Beyond the largest floats that are safe to convert, C++ leaves the result open.
  return wrapped(static_cast<std::int64_t>(std::clamp(x, -9.2e18f, 9.2e18f)), type);
}

Result<Values> cast_to(const Value& in, int type) {
  const bool is_text = in.held == Value::Held::texts;
  const auto count = static_cast<std::size_t>(in.size());
  Value out;
  out.type = type;
  out.dims = in.dims;
  if (type == kString) {
    out.held = Value::Held::texts;
    for (std::size_t i = 0; i < count; ++i) out.texts.push_back(is_text ? in.texts[i] : text_of(in, i));
  } else if (is_real_type(type)) {
    out.reals.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      float number = 0;
      if (is_text)
        number = SLUICE_TRY(number_in<float>(in.texts[i]));
      else
        number = static_cast<float>(in.at(static_cast<std::int64_t>(i)));
      out.reals[i] = rounded_to_type(number, type);
    }
  } else if (is_integer_type(type)) {
    out.held = Value::Held::integers;
    out.integers.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      if (is_text)
        out.integers[i] = SLUICE_TRY(number_in<std::int64_t>(in.texts[i]));
      else
        out.integers[i] = in.is_integer() ? wrapped(in.integers[i], type) : integer_of(in.reals[i], type);
    }
  } else {
    return user_error("element type {} has no definition here", type);
  }
  return one(std::move(out));
}

Result<Values> cast(const Call& call) {
  return cast_to(call[0], static_cast<int>(call.attributes.integer("to", kFloat)));
}
Result<Values> cast_like(const Call& call) { return cast_to(call[0], call[1].type); }
Result<Values> identity(const Call& call) { return one(call[0]); }

Result<Values> dropout(const Call& call) {
  const bool is_training = call.has(2) && call[2].size() == 1 && call[2].at(0) != 0;
  const bool drops = !call.has(1) || call[1].size() != 1 || call[1].at(0) != 0;
  if (is_training && drops) return user_error("what training drops is random");
  Values values{call[0]};
  values.push_back(
      Value::of_integers(call[0].dims, std::vector<std::int64_t>(static_cast<std::size_t>(call[0].size()), 1), kBool));
  return values;
}

}  // namespace

const Definitions& constant_definitions() {
  static_assert(kInt64 == onnx::TensorProto::INT64 && kString == onnx::TensorProto::STRING);
  static const Definitions all{{"Cast", 1, cast},         {"CastLike", 2, cast_like},
                               {"Constant", 0, constant}, {"ConstantOfShape", 1, constant_of_shape},
                               {"Dropout", 1, dropout},   {"Identity", 1, identity},
                               {"Range", 3, range},       {"Shape", 1, shape},
                               {"Size", 1, size}};
  return all;
}

}  // namespace sluice::definition
