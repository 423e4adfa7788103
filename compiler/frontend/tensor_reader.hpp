// SPDX-License-Identifier: Apache-2.0
// read_tensor: a TensorProto becomes a Tensor.
//
// Why apart: ONNX stores one tensor in two ways (raw bytes, or a typed list whose element type is not the tensor's),
// and a length that does not fit its dimensions is the commonest way a file is broken.
// Before: any TensorProto. After: as many numbers as the dimensions say, floats of all widths as float.
#pragma once

#include <filesystem>
#include <optional>

#include "compiler/ir/graph.hpp"

namespace onnx {
class TensorProto;
}

namespace sluice::frontend {

// `folder`: of the model, where its second file lies; none for a model that is not a file.
Result<ir::Tensor> read_tensor(const onnx::TensorProto& proto, const std::optional<std::filesystem::path>& folder = {});

}  // namespace sluice::frontend
