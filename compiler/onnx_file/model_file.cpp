// SPDX-License-Identifier: Apache-2.0
// Reads the message silently (see model_file.hpp): protobuf's own parser would print to standard error.
#include "compiler/onnx_file/model_file.hpp"

#include <limits>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "onnx.pb.h"
#include "runtime/base/errors.hpp"

namespace sluice::onnx_file {

Result<onnx::ModelProto> parse_model(std::string_view bytes) {
  if (bytes.empty()) return user_error("the file is empty");
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    return user_error("the file has {} bytes; protobuf reads up to 2 GiB", bytes.size());
  }
  onnx::ModelProto model;
  // Unlike ParseFromArray, the partial form is silent on standard error; nothing in onnx.proto is required.
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  if (!model.MergePartialFromCodedStream(&coded) || !coded.ConsumedEntireMessage()) {
    return user_error("is not an ONNX file, or only a part of one (protobuf cannot read its {} bytes)", bytes.size());
  }
  if (!model.has_graph()) return user_error("holds no graph; is it an ONNX model?");
  return model;
}

}  // namespace sluice::onnx_file
