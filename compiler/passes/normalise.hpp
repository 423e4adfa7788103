// SPDX-License-Identifier: Apache-2.0
// normalise: brings an imported graph into the normal form that compiler/ir/graph.hpp describes.
//
// Before: a graph as import_onnx() made it. After: verified, shapes inferred, only nodes of the normal form; or an error
// that names the first node which has none, and what to do about it.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status normalise(ir::Graph& graph);

}  // namespace sluice::passes
