// SPDX-License-Identifier: Apache-2.0
// parse_model: bytes become the protobuf message of an ONNX model.
//
// Why apart: the importer and the definition that judges it (compiler/onnx_definition) both start at the message. A
// check that shares more with what it checks proves less, so this is all that they share.
//
// Before: any bytes. After: a message with a graph; its contents are as the file has them, right or wrong.
#pragma once

#include <string_view>

#include "runtime/base/status.hpp"

namespace onnx {
class ModelProto;
}

namespace sluice::onnx_file {

Result<onnx::ModelProto> parse_model(std::string_view bytes);

}  // namespace sluice::onnx_file
