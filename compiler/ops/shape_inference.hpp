// SPDX-License-Identifier: Apache-2.0
// infer_shapes: the shape of every value, from the input's shape and the operators' rules.
//
// Why: exporters leave shape arithmetic in the file (Shape, Gather, Concat, Reshape). A rule alone cannot answer such a
// Reshape. So small constants and everything computed from shapes alone are evaluated on the way.
//
// Before: nodes in topological order, `shapes` holds the input's shape. After: `shapes` holds every value, nothing
// else.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::ops {

Status infer_shapes(ir::Graph& graph);

// The same; gives the values that were evaluated on the way, by name.
Result<std::map<std::string, ir::Tensor>> infer_values(ir::Graph& graph);

}  // namespace sluice::ops
