// SPDX-License-Identifier: Apache-2.0
// Reads tensors (see tensor_reader.hpp).
//
// raw_data is little endian whatever the machine. Strings have a list of their own and are never raw.
// Before and after: as the header says. The caller puts the tensor's name before an error's text.
#include "compiler/frontend/tensor_reader.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "compiler/frontend/external_data.hpp"
#include "compiler/ops/element_types.hpp"
#include "compiler/ops/narrow_floats.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"

namespace sluice::frontend {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is copied as it lies");

Result<ir::Dims> dims_of(const onnx::TensorProto& proto) {
  ir::Dims dims(proto.dims().begin(), proto.dims().end());
  for (std::int64_t dim : dims) {
    if (dim < 0) return user_error("has a negative dimension ({})", ir::to_text(dims));
  }
  if (ir::element_count(dims) > ir::kMaxElements) {
    return user_error("claims {} numbers; the most is {}", ir::to_text(dims), ir::kMaxElements);
  }
  if (dims.size() > 16) return user_error("has {} dimensions; the most is 16", dims.size());
  return dims;
}

// Element i of raw bytes of type Raw, for all elements.
template <typename Raw, typename Out, typename Convert>
Status read_raw(const std::string& bytes, std::vector<Out>& out, Convert convert) {
  if (bytes.size() != out.size() * sizeof(Raw)) {
    return user_error("raw_data has {} bytes, its dimensions need {}", bytes.size(), out.size() * sizeof(Raw));
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    Raw raw;
    std::memcpy(&raw, bytes.data() + i * sizeof(Raw), sizeof(Raw));
    out[i] = convert(raw);
  }
  return ok();
}

template <typename List, typename Out, typename Convert>
Status read_list(const List& list, std::vector<Out>& out, Convert convert) {
  if (static_cast<std::size_t>(list.size()) != out.size()) {
    return user_error("holds {} elements, its dimensions need {}", list.size(), out.size());
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = convert(list.Get(static_cast<int>(i)));
  return ok();
}

Status read_values(const onnx::TensorProto& proto, std::vector<float>& out) {
  const bool raw = proto.has_raw_data();
  auto narrow = [](auto x) { return static_cast<float>(x); };
  auto half = [](auto bits) { return ops::widen_half(static_cast<std::uint16_t>(bits)); };
  auto bfloat = [](auto bits) { return ops::widen_bfloat16(static_cast<std::uint16_t>(bits)); };
  switch (proto.data_type()) {
    case onnx::TensorProto::FLOAT16:
      return raw ? read_raw<std::uint16_t>(proto.raw_data(), out, half) : read_list(proto.int32_data(), out, half);
    case onnx::TensorProto::BFLOAT16:
      return raw ? read_raw<std::uint16_t>(proto.raw_data(), out, bfloat) : read_list(proto.int32_data(), out, bfloat);
    case onnx::TensorProto::DOUBLE:
      return raw ? read_raw<double>(proto.raw_data(), out, narrow) : read_list(proto.double_data(), out, narrow);
    default:
      return raw ? read_raw<float>(proto.raw_data(), out, narrow) : read_list(proto.float_data(), out, narrow);
  }
}

bool is_four_bits(int type) { return type == ops::kOnnxInt4 || type == ops::kOnnxUint4; }

// Two codes in a byte, the first in its lower half.
Status read_halves(const onnx::TensorProto& proto, std::vector<std::int64_t>& out) {
  std::string bytes = proto.raw_data();
  if (!proto.has_raw_data()) {
    for (const std::int32_t pair : proto.int32_data()) bytes += static_cast<char>(pair);
  }
  if (bytes.size() != (out.size() + 1) / 2)
    return user_error("holds {} bytes of 4-bit codes, its dimensions need {}", bytes.size(), (out.size() + 1) / 2);
  const bool is_signed = proto.data_type() == ops::kOnnxInt4;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int code = static_cast<unsigned char>(bytes[i / 2]) >> (i % 2 == 0 ? 0 : 4) & 15;
    out[i] = is_signed && code >= 8 ? code - 16 : code;
  }
  return ok();
}

Status read_integers(const onnx::TensorProto& proto, std::vector<std::int64_t>& out) {
  if (is_four_bits(proto.data_type())) return read_halves(proto, out);
  auto same = [](auto x) { return static_cast<std::int64_t>(x); };
  if (!proto.has_raw_data()) {
    if (proto.data_type() == onnx::TensorProto::INT64) return read_list(proto.int64_data(), out, same);
    if (proto.data_type() == onnx::TensorProto::UINT32 || proto.data_type() == onnx::TensorProto::UINT64)
      return read_list(proto.uint64_data(), out, same);
    return read_list(proto.int32_data(), out, same);
  }
  switch (proto.data_type()) {
    case onnx::TensorProto::INT64:
      return read_raw<std::int64_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::INT32:
      return read_raw<std::int32_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::INT16:
      return read_raw<std::int16_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::INT8:
      return read_raw<std::int8_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::UINT64:
      return read_raw<std::uint64_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::UINT32:
      return read_raw<std::uint32_t>(proto.raw_data(), out, same);
    case onnx::TensorProto::UINT16:
      return read_raw<std::uint16_t>(proto.raw_data(), out, same);
    default:
      return read_raw<std::uint8_t>(proto.raw_data(), out, same);
  }
}

// How many numbers the file really holds: no memory is taken for more.
std::size_t stored_bytes(const onnx::TensorProto& proto) {
  return proto.raw_data().size() +
         8u * (static_cast<std::size_t>(proto.float_data_size()) + proto.int32_data_size() + proto.int64_data_size() +
               proto.double_data_size() + proto.string_data_size() + proto.uint64_data_size());
}

// Of so many elements as raw bytes; 0 for types without such.
std::uint64_t raw_bytes(int type, std::uint64_t count) {
  if (is_four_bits(type)) return (count + 1) / 2;
  switch (type) {
    case onnx::TensorProto::BOOL:
    case onnx::TensorProto::INT8:
    case onnx::TensorProto::UINT8:
      return count;
    case onnx::TensorProto::FLOAT16:
    case onnx::TensorProto::BFLOAT16:
    case onnx::TensorProto::INT16:
    case onnx::TensorProto::UINT16:
      return 2 * count;
    case onnx::TensorProto::FLOAT:
    case onnx::TensorProto::INT32:
    case onnx::TensorProto::UINT32:
      return 4 * count;
    case onnx::TensorProto::DOUBLE:
    case onnx::TensorProto::INT64:
    case onnx::TensorProto::UINT64:
      return 8 * count;
    default:
      return 0;
  }
}

// A tensor whose numbers are in the message.
Result<ir::Tensor> read_whole(const onnx::TensorProto& proto) {
  ir::Tensor tensor;
  tensor.dims = SLUICE_TRY(dims_of(proto));
  if (proto.has_segment()) return user_error("is stored in segments, which is not possible");
  const auto type = ops::element_type(proto.data_type());
  if (!type) {
    return user_error("has element type {}; possible are {}", ops::element_type_name(proto.data_type()),
                      ops::kElementTypesText);
  }
  const std::int64_t count = ir::element_count(tensor.dims);
  const std::size_t codes_a_byte = is_four_bits(proto.data_type()) ? 2 : 1;
  if (static_cast<std::size_t>(count) > stored_bytes(proto) * codes_a_byte) {
    return user_error("is {} but holds far fewer numbers", ir::to_text(tensor.dims));
  }
  tensor.type = *type;
  if (tensor.is_text()) {
    tensor.texts.resize(count);
    SLUICE_CHECK(read_list(proto.string_data(), tensor.texts, [](const std::string& text) { return text; }));
  } else if (tensor.is_integer()) {
    tensor.integers.resize(count);
    SLUICE_CHECK(read_integers(proto, tensor.integers));
    const bool is_too_large = tensor.type == ir::ElementType::uint64 &&
                              std::any_of(tensor.integers.begin(), tensor.integers.end(), [](auto x) { return x < 0; });
    if (is_too_large) return user_error("holds integers of 2^63 or more, which is not possible");
  } else {
    tensor.values.resize(count);
    SLUICE_CHECK(read_values(proto, tensor.values));
  }
  return tensor;
}

}  // namespace

Result<ir::Tensor> read_tensor(const onnx::TensorProto& proto, const std::optional<std::filesystem::path>& folder) {
  if (!is_external(proto)) return read_whole(proto);
  if (!folder)
    return user_error("keeps its numbers in another file; export the model as one file (save_as_external_data=False)");
  const ir::Dims dims = SLUICE_TRY(dims_of(proto));
  if (raw_bytes(proto.data_type(), 1) == 0) {
    return user_error("has element type {}, which is not possible in a second file",
                      ops::element_type_name(proto.data_type()));
  }
  onnx::TensorProto whole;
  for (const std::int64_t dim : dims) whole.add_dims(dim);
  whole.set_data_type(proto.data_type());
  *whole.mutable_raw_data() = SLUICE_TRY(external_bytes(
      proto, *folder, raw_bytes(proto.data_type(), static_cast<std::uint64_t>(ir::element_count(dims)))));
  return read_whole(whole);
}

}  // namespace sluice::frontend
