// SPDX-License-Identifier: Apache-2.0
// Fields of onnx.proto that are younger than the copy that is compiled here: default attributes of local functions
// (ONNX 1.13) and overloads (ONNX 1.16).
//
// Why: exporters of today write both. Protobuf keeps the bytes of fields that it does not know, so they can be read
// from there by their numbers.
//
// Before: a message as it was parsed. After: what its unknown bytes hold; bytes that are no such field are skipped.
#pragma once

#include <string>
#include <vector>

#include "onnx.pb.h"

namespace sluice::onnx_file {

// The attributes that a call may leave away, with their values.
std::vector<onnx::AttributeProto> default_attributes(const onnx::FunctionProto& function);

// Tells functions of one name apart; empty in most files.
std::string overload_of(const onnx::FunctionProto& function);
std::string overload_of(const onnx::NodeProto& call);

}  // namespace sluice::onnx_file
