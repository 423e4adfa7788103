// SPDX-License-Identifier: Apache-2.0
// Reads numbers (see tensor_values.hpp). Definition of binary16: IEEE 754-2008, 3.4.
#include "compiler/onnx_definition/tensor_values.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>

#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"

namespace sluice::definition {
namespace {

using Type = onnx::TensorProto;

static_assert(std::endian::native == std::endian::little, "raw_data is copied as it lies");

Result<std::int64_t> number_of(const std::string& text, const std::string& key) {
  std::int64_t number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0)
    return user_error("external_data: {} is \"{}\"", key, text);
  return number;
}

Result<std::string> external_bytes(const Type& proto, const std::filesystem::path& folder) {
  std::filesystem::path location;
  std::int64_t offset = 0, length = -1;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") location = entry.value();
    if (entry.key() == "offset") offset = SLUICE_TRY(number_of(entry.value(), "offset"));
    if (entry.key() == "length") length = SLUICE_TRY(number_of(entry.value(), "length"));
  }
  const std::filesystem::path normal = location.lexically_normal();
  if (normal.empty() || normal.is_absolute() || *normal.begin() == "..")
    return user_error("external_data: \"{}\" is not in the model's folder", location.string());
  const std::filesystem::path path = folder / normal;
  std::error_code code;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(path, code));
  if (code) return world_error("file_size({}): {} ({})", path.string(), code.message(), code.value());
  if (length < 0) length = size - offset;
  if (offset > size || length < 0 || length > size - offset)
    return user_error("external_data: {} has {} bytes, {} from {} are asked for", path.string(), size, length, offset);
  if (length > static_cast<std::int64_t>(kMostFileBytes))
    return user_error("external_data: {} bytes of {} are asked for; at most {} are read", length, path.string(),
                      kMostFileBytes);
  SLUICE_CHECK(check_regular_file(path));
  std::string bytes(static_cast<std::size_t>(length), '\0');
  std::ifstream file(path, std::ios::binary);
  file.seekg(offset);
  file.read(bytes.data(), length);
  if (!file) return world_error("read({}): failed", path.string());
  return bytes;
}

template <typename Raw, typename Out, typename Convert>
Status from_raw(const std::string& bytes, std::vector<Out>& out, Convert convert) {
  if (bytes.size() != out.size() * sizeof(Raw)) return user_error("{} bytes for {} elements", bytes.size(), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    Raw raw;
    std::memcpy(&raw, bytes.data() + i * sizeof(Raw), sizeof(Raw));
    out[i] = convert(raw);
  }
  return ok();
}

template <typename List, typename Out, typename Convert>
Status from_list(const List& list, std::vector<Out>& out, Convert convert) {
  if (static_cast<std::size_t>(list.size()) != out.size())
    return user_error("{} numbers for {} elements", list.size(), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = convert(list.Get(static_cast<int>(i)));
  return ok();
}

float bfloat_to_float(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

Status read_reals(const Type& proto, const std::string* raw, std::vector<float>& out) {
  const auto half = [](auto bits) { return half_to_float(static_cast<std::uint16_t>(bits)); };
  const auto bfloat = [](auto bits) { return bfloat_to_float(static_cast<std::uint16_t>(bits)); };
  const auto plain = [](auto number) { return static_cast<float>(number); };
  switch (proto.data_type()) {
    case Type::FLOAT16:
      return raw ? from_raw<std::uint16_t>(*raw, out, half) : from_list(proto.int32_data(), out, half);
    case Type::BFLOAT16:
      return raw ? from_raw<std::uint16_t>(*raw, out, bfloat) : from_list(proto.int32_data(), out, bfloat);
    case Type::DOUBLE:
      return raw ? from_raw<double>(*raw, out, plain) : from_list(proto.double_data(), out, plain);
    default:
      return raw ? from_raw<float>(*raw, out, plain) : from_list(proto.float_data(), out, plain);
  }
}

// Two codes in a byte, the first in its lower half.
Status read_fours(const std::string& bytes, bool is_signed, std::vector<std::int64_t>& out) {
  if (bytes.size() != (out.size() + 1) / 2) return user_error("{} bytes for {} elements", bytes.size(), out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int code = static_cast<unsigned char>(bytes[i / 2]) >> (i % 2 * 4) & 15;
    out[i] = is_signed && code > 7 ? code - 16 : code;
  }
  return ok();
}

Status read_integers(const Type& proto, const std::string* raw, std::vector<std::int64_t>& out) {
  const auto plain = [](auto number) { return static_cast<std::int64_t>(number); };
  const int type = proto.data_type();
  if (type == kInt4 || type == kUint4) {
    std::string bytes;
    for (const int number : proto.int32_data()) bytes += static_cast<char>(number);
    return read_fours(raw ? *raw : bytes, type == kInt4, out);
  }
  if (!raw && type == Type::INT64) return from_list(proto.int64_data(), out, plain);
  if (!raw && (type == Type::UINT32 || type == Type::UINT64)) return from_list(proto.uint64_data(), out, plain);
  if (!raw) return from_list(proto.int32_data(), out, plain);
  switch (type) {
    case Type::INT64:
    case Type::UINT64:
      return from_raw<std::int64_t>(*raw, out, plain);
    case Type::INT32:
      return from_raw<std::int32_t>(*raw, out, plain);
    case Type::UINT32:
      return from_raw<std::uint32_t>(*raw, out, plain);
    case Type::INT16:
      return from_raw<std::int16_t>(*raw, out, plain);
    case Type::UINT16:
      return from_raw<std::uint16_t>(*raw, out, plain);
    case Type::INT8:
      return from_raw<std::int8_t>(*raw, out, plain);
    default:
      return from_raw<std::uint8_t>(*raw, out, plain);
  }
}

}  // namespace

float half_to_float(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float value = exponent == 0    ? std::ldexp(static_cast<float>(fraction), -24)
                : exponent == 31 ? (fraction ? std::nanf("") : HUGE_VALF)
                                 : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return bits & 0x8000 ? -value : value;
}

float rounded_to_type(float value, int type) {
  if (type == Type::BFLOAT16) {
    // ONNX leaves the rounding open up to opset 18; its own cases cut the lower half off. A NaN whose payload lies
    // there alone must not become infinity. In integers throughout: GCC 12 at -O2 drops the cut after a test of the
    // float.
    const auto bits = std::bit_cast<std::uint32_t>(value);
    const bool is_nan = (bits & 0x7fffffffu) > 0x7f800000u;
    return std::bit_cast<float>((is_nan ? bits | 0x00400000u : bits) & 0xffff0000u);
  }
  if (type != Type::FLOAT16 || value == 0 || !std::isfinite(value)) return value;
  const int step = std::max(std::ilogb(value), -14) - 10;
  const float rounded = std::ldexp(std::nearbyint(std::ldexp(value, -step)), step);
  return std::fabs(rounded) > 65504.0f ? std::copysign(HUGE_VALF, value) : rounded;
}

Result<Value> value_of(const Type& proto, const std::filesystem::path& folder) {
  Value value;
  value.type = proto.data_type();
  value.dims.assign(proto.dims().begin(), proto.dims().end());
  const std::size_t count = SLUICE_TRY(element_count(value.dims));
  std::string external;
  const std::string* raw = proto.has_raw_data() ? &proto.raw_data() : nullptr;
  if (proto.data_location() == Type::EXTERNAL) {
    external = SLUICE_TRY(external_bytes(proto, folder));
    raw = &external;
  }
  if (value.type == Type::STRING) {
    value.held = Value::Held::texts;
    value.texts.assign(proto.string_data().begin(), proto.string_data().end());
    if (value.texts.size() != count) return user_error("{} texts for {} elements", value.texts.size(), count);
  } else if (is_real_type(value.type)) {
    value.reals.resize(count);
    SLUICE_CHECK(read_reals(proto, raw, value.reals));
  } else if (is_integer_type(value.type)) {
    value.held = Value::Held::integers;
    value.integers.resize(count);
    SLUICE_CHECK(read_integers(proto, raw, value.integers));
  } else {
    return user_error("element type {} has no definition here", value.type);
  }
  return value;
}

}  // namespace sluice::definition
