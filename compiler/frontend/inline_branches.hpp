// SPDX-License-Identifier: Apache-2.0
// inline_branches: an If whose condition is constant for a fixed input becomes the branch that is taken.
//
// Why: exporters ask for the rank or size of a value and branch on it (torch: squeeze() without a dimension). With the
// picture's size fixed there is one answer.
//
// Before: local functions are inlined. After: what is left of If nodes that the output needs chooses by the picture, or
// by nodes that cannot be done; node_reader refuses it.
#pragma once

#include "compiler/frontend/onnx_import.hpp"

namespace onnx {
class GraphProto;
}

namespace sluice::frontend {

Status inline_branches(onnx::GraphProto& graph, int opset, const ImportOptions& options,
                       const std::optional<std::filesystem::path>& folder);

}  // namespace sluice::frontend
