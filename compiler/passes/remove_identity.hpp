// SPDX-License-Identifier: Apache-2.0
// Takes out nodes that pass their input on unchanged: Identity, Dropout, Cast to float, a Reshape to the same shape.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status remove_identity(ir::Graph& graph);

}  // namespace sluice::passes
