// SPDX-License-Identifier: Apache-2.0
// Takes out nodes that change nothing: Identity, Dropout, and Constant nodes, which become initialisers.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status remove_identity(ir::Graph& graph);

}  // namespace sluice::passes
