// SPDX-License-Identifier: Apache-2.0
// normalise: brings an imported graph into the normal form that compiler/ir/graph.hpp describes.
//
// Before: a graph as import_onnx() made it. After: verified, shapes inferred, only nodes of the normal form; or an
// error that names every node which has none, and what to do about it.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status normalise(ir::Graph& graph);

// The same without the check at the end: nodes that no pass could handle stay. For `sluice check`, which lists them.
Status run_passes(ir::Graph& graph);

}  // namespace sluice::passes
