// SPDX-License-Identifier: Apache-2.0
// value_of: a TensorProto becomes a Value.
//
// Definition: onnx.proto's comments on TensorProto. Numbers lie in a list of their type, in raw_data (little endian),
// or in a second file that external_data names, relative to the model's folder. Before: any message. After: as many
// elements as the dimensions say, or an error.
#pragma once

#include <filesystem>

#include "compiler/onnx_definition/value.hpp"

namespace onnx {
class TensorProto;
}

namespace sluice::definition {

// `folder`: where the model lies; empty where a model in memory has none.
Result<Value> value_of(const onnx::TensorProto& proto, const std::filesystem::path& folder);

// float16 and bfloat16 as float, and a float as the nearest number of a type (Cast).
float half_to_float(std::uint16_t bits);
float rounded_to_type(float value, int type);

}  // namespace sluice::definition
