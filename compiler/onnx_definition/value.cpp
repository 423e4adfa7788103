// SPDX-License-Identifier: Apache-2.0
// Shapes, broadcasting and element types (see value.hpp).
#include "compiler/onnx_definition/value.hpp"

#include <algorithm>

#include "onnx.pb.h"
#include "runtime/base/errors.hpp"

namespace sluice::definition {
namespace {

using Type = onnx::TensorProto;

static_assert(kBool == Type::BOOL);

}  // namespace

std::string to_text(const Dims& dims) {
  std::string text;
  for (const std::int64_t dim : dims) text += (text.empty() ? "" : "x") + std::to_string(dim);
  return text.empty() ? "scalar" : text;
}

std::int64_t Value::size() const {
  switch (held) {
    case Held::reals:
      return static_cast<std::int64_t>(reals.size());
    case Held::integers:
      return static_cast<std::int64_t>(integers.size());
    case Held::texts:
      break;
  }
  return static_cast<std::int64_t>(texts.size());
}

double Value::at(std::int64_t index) const {
  const auto i = static_cast<std::size_t>(index);
  return is_integer() ? static_cast<double>(integers[i]) : static_cast<double>(reals[i]);
}

std::vector<float> Value::as_reals() const {
  return is_integer() ? std::vector<float>(integers.begin(), integers.end()) : reals;
}

std::vector<std::int64_t> Value::as_integers() const {
  if (is_integer()) return integers;
  return std::vector<std::int64_t>(reals.begin(), reals.end());
}

Value Value::of_reals(Dims dims, std::vector<float> values) {
  Value value;
  value.dims = std::move(dims);
  value.reals = std::move(values);
  return value;
}

Value Value::of_integers(Dims dims, std::vector<std::int64_t> values, int type) {
  Value value;
  value.type = type;
  value.held = Held::integers;
  value.dims = std::move(dims);
  value.integers = std::move(values);
  return value;
}

Value Value::zeros_like(const Value& like, Dims dims) {
  Value value;
  value.type = like.type;
  value.held = like.held;
  std::int64_t count = 1;
  for (const std::int64_t dim : dims) count *= dim;
  value.dims = std::move(dims);
  if (like.held == Held::reals) value.reals.resize(static_cast<std::size_t>(count));
  if (like.held == Held::integers) value.integers.resize(static_cast<std::size_t>(count));
  if (like.held == Held::texts) value.texts.resize(static_cast<std::size_t>(count));
  return value;
}

Result<std::int64_t> element_count(const Dims& dims) {
  std::int64_t count = 1;
  bool is_empty = false;
  for (const std::int64_t dim : dims) {
    if (dim < 0) return user_error("{} has a negative dimension", to_text(dims));
    is_empty |= dim == 0;
    if (dim > 0 && count > kMostElements / dim) return user_error("{} has too many elements", to_text(dims));
    if (dim > 0) count *= dim;
  }
  return is_empty ? std::int64_t{0} : count;
}

Dims strides_of(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

Result<Dims> broadcast(const Dims& a, const Dims& b) {
  const Dims &longer = a.size() >= b.size() ? a : b, &shorter = a.size() >= b.size() ? b : a;
  Dims out = longer;
  const std::size_t offset = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    std::int64_t& dim = out[offset + i];
    if (dim != shorter[i] && dim != 1 && shorter[i] != 1)
      return user_error("{} and {} do not broadcast", to_text(a), to_text(b));
    if (dim == 1) dim = shorter[i];
  }
  SLUICE_CHECK(element_count(out));
  return out;
}

std::vector<std::int64_t> broadcast_indices(const Dims& from, const Dims& to) {
  if (from == to) return {};
  std::int64_t count = 1;
  for (const std::int64_t dim : to) count *= dim;
  std::vector<std::int64_t> indices(static_cast<std::size_t>(count), 0);
  const Dims strides = strides_of(from);
  std::int64_t inner = 1;  // elements of `to` per step of the axis
  for (std::size_t back = 0; back < to.size(); ++back) {
    const std::int64_t length = to[to.size() - 1 - back];
    if (back < from.size() && from[from.size() - 1 - back] != 1) {
      const std::int64_t stride = strides[from.size() - 1 - back];
      for (std::int64_t i = 0; i < count; ++i) indices[static_cast<std::size_t>(i)] += i / inner % length * stride;
    }
    inner *= length;
  }
  return indices;
}

Value gathered(const Value& from, Dims dims, const std::vector<std::int64_t>& indices) {
  Value out = Value::zeros_like(from, std::move(dims));
  const auto copy = [&](const auto& source, auto& target) {
    for (std::size_t i = 0; i < indices.size(); ++i) {
      if (indices[i] >= 0) target[i] = source[static_cast<std::size_t>(indices[i])];
    }
  };
  if (from.held == Value::Held::reals) copy(from.reals, out.reals);
  if (from.held == Value::Held::integers) copy(from.integers, out.integers);
  if (from.held == Value::Held::texts) copy(from.texts, out.texts);
  return out;
}

Result<std::size_t> axis_of(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) return user_error("axis {} of {} dimensions", axis, rank);
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

Result<std::set<std::size_t>> axes_of(const Dims& list, std::int64_t rank) {
  std::set<std::size_t> axes;
  for (const std::int64_t axis : list) {
    const std::size_t place = SLUICE_TRY(axis_of(axis, rank));
    axes.insert(place);
  }
  return axes;
}

bool is_real_type(int type) {
  return type == Type::FLOAT || type == Type::FLOAT16 || type == Type::DOUBLE || type == Type::BFLOAT16;
}

bool is_integer_type(int type) {
  switch (type) {
    case Type::BOOL:
    case Type::INT8:
    case Type::UINT8:
    case Type::INT16:
    case Type::UINT16:
    case Type::INT32:
    case Type::UINT32:
    case Type::INT64:
    case Type::UINT64:
    case kInt4:
    case kUint4:
      return true;
    default:
      return false;
  }
}

std::int64_t wrapped(std::int64_t value, int type) {
  switch (type) {
    case Type::BOOL:
      return value != 0;
    case Type::INT8:
      return static_cast<std::int8_t>(value);
    case Type::UINT8:
      return static_cast<std::uint8_t>(value);
    case Type::INT16:
      return static_cast<std::int16_t>(value);
    case Type::UINT16:
      return static_cast<std::uint16_t>(value);
    case Type::INT32:
      return static_cast<std::int32_t>(value);
    case Type::UINT32:
      return static_cast<std::uint32_t>(value);
    default:
      return value;
  }
}

std::pair<double, double> range_of(int type) {
  switch (type) {
    case Type::BOOL:
      return {0, 1};
    case Type::INT8:
      return {-128, 127};
    case Type::INT16:
      return {-32768, 32767};
    case Type::UINT16:
      return {0, 65535};
    case Type::INT32:
      return {-2147483648.0, 2147483647.0};
    case kInt4:
      return {-8, 7};
    case kUint4:
      return {0, 15};
    default:
      return {0, 255};
  }
}

}  // namespace sluice::definition
