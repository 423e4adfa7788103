// SPDX-License-Identifier: Apache-2.0
// Weights in a second file: what a TensorProto says of it, and the bytes themselves.
//
// Why: current exporters write MODEL.onnx.data beside the model by default. The model names that file, an offset and a
// length, and all three come from outside: a model must not read the rest of the machine, nor take memory for bytes
// that are not there.
//
// The idea: the named file lies in the model's own folder, or in one below it, after links are followed; and the length
// is what the tensor's dimensions need. Only then are bytes read.
//
// Before: any TensorProto and any folder. After: exactly the bytes of the tensor, or a sentence that names the file.
#pragma once

#include <filesystem>
#include <string>

#include "runtime/base/status.hpp"

namespace onnx {
class TensorProto;
}

namespace sluice::frontend {

bool is_external(const onnx::TensorProto& tensor);

// The file that a tensor names, once it is sure to lie in the folder.
Result<std::filesystem::path> external_file(const onnx::TensorProto& tensor, const std::filesystem::path& folder);

// `needed_bytes`: of the tensor's dimensions and type.
Result<std::string> external_bytes(const onnx::TensorProto& tensor, const std::filesystem::path& folder,
                                   std::uint64_t needed_bytes);

}  // namespace sluice::frontend
