// SPDX-License-Identifier: Apache-2.0
// ONNX's numbers for element types (TensorProto.DataType) and what becomes of them here.
//
// Why: Cast names its target by that number. The importer reads it from every tensor. Neither may include the other.
// Before: any number from a file. After: the graph's own element type, or nothing for what is not possible.
#pragma once

#include <optional>
#include <string>

#include "compiler/ir/graph.hpp"

namespace sluice::ops {

inline constexpr std::int64_t kOnnxFloat16 = 10;
inline constexpr std::int64_t kOnnxBfloat16 = 16;
// Younger than the onnx.proto of Debian 12.
inline constexpr std::int64_t kOnnxUint4 = 21, kOnnxInt4 = 22;

inline constexpr const char* kElementTypesText =
    "float, float16, bfloat16, double, integers of 4 to 64 bits, bool, string";

inline std::optional<ir::ElementType> element_type(std::int64_t onnx) {
  switch (onnx) {
    case 1:
    case kOnnxFloat16:
    case 11:
    case kOnnxBfloat16:
      return ir::ElementType::real;
    case 2:
      return ir::ElementType::uint8;
    case 3:
      return ir::ElementType::int8;
    case 4:
      return ir::ElementType::uint16;
    case 5:
      return ir::ElementType::int16;
    case 6:
      return ir::ElementType::int32;
    case 7:
      return ir::ElementType::int64;
    case 8:
      return ir::ElementType::text;
    case 9:
      return ir::ElementType::boolean;
    case 12:
      return ir::ElementType::uint32;
    case 13:
      return ir::ElementType::uint64;
    case kOnnxUint4:
      return ir::ElementType::uint4;
    case kOnnxInt4:
      return ir::ElementType::int4;
    default:
      return std::nullopt;
  }
}

inline std::string element_type_name(std::int64_t onnx) {
  static constexpr const char* kNames[] = {"undefined", "float",  "uint8",     "int8",       "uint16",   "int16",
                                           "int32",     "int64",  "string",    "bool",       "float16",  "double",
                                           "uint32",    "uint64", "complex64", "complex128", "bfloat16", "float8",
                                           "float8",    "float8", "float8",    "uint4",      "int4"};
  if (onnx >= 0 && onnx < static_cast<std::int64_t>(std::size(kNames))) return kNames[onnx];
  return "type " + std::to_string(onnx);
}

}  // namespace sluice::ops
