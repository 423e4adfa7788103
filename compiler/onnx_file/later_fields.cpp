// SPDX-License-Identifier: Apache-2.0
// Walks over unknown bytes (see later_fields.hpp).
#include "compiler/onnx_file/later_fields.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

namespace sluice::onnx_file {
namespace {

using google::protobuf::internal::WireFormatLite;

// The numbers that onnx.proto gives the fields.
constexpr int kDefaultAttributes = 11;
constexpr int kFunctionOverload = 13;
constexpr int kNodeOverload = 8;

// Every field of that number which holds bytes (a string or a message).
std::vector<std::string> fields_of(const std::string& bytes, int number) {
  std::vector<std::string> fields;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  while (const std::uint32_t tag = stream.ReadTag()) {
    std::uint32_t size = 0;
    std::string field;
    const bool is_asked = WireFormatLite::GetTagFieldNumber(tag) == number &&
                          WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
    if (!is_asked) {
      if (!WireFormatLite::SkipField(&stream, tag)) break;
    } else if (!stream.ReadVarint32(&size) || !stream.ReadString(&field, static_cast<int>(size))) {
      break;
    } else {
      fields.push_back(std::move(field));
    }
  }
  return fields;
}

std::string last_of(const std::vector<std::string>& fields) { return fields.empty() ? "" : fields.back(); }

}  // namespace

std::vector<onnx::AttributeProto> default_attributes(const onnx::FunctionProto& function) {
  std::vector<onnx::AttributeProto> attributes;
  for (const std::string& field : fields_of(function.unknown_fields(), kDefaultAttributes)) {
    onnx::AttributeProto attribute;
    if (attribute.ParsePartialFromString(field)) attributes.push_back(std::move(attribute));
  }
  return attributes;
}

std::string overload_of(const onnx::FunctionProto& function) {
  return last_of(fields_of(function.unknown_fields(), kFunctionOverload));
}

std::string overload_of(const onnx::NodeProto& call) {
  return last_of(fields_of(call.unknown_fields(), kNodeOverload));
}

}  // namespace sluice::onnx_file
