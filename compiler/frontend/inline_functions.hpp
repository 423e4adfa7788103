// SPDX-License-Identifier: Apache-2.0
// inline_functions: every call of a local function of the model (ModelProto.functions) becomes the function's body.
//
// Why: exporters write a layer once and call it (PyTorch's dynamo exporter, Keras by tf2onnx). Passes look at nodes in
// one graph.
//
// Before: any model. After: no node of the graph, nor of graphs within it, calls a local function; or an error that
// names the function.
#pragma once

#include "runtime/base/status.hpp"

namespace onnx {
class ModelProto;
}

namespace sluice::frontend {

Status inline_functions(onnx::ModelProto& model, int opset);

}  // namespace sluice::frontend
