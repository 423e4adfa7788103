// SPDX-License-Identifier: Apache-2.0
// Evaluates every node that depends on constants and shapes alone; its result becomes an initialiser.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status fold_constants(ir::Graph& graph);

}  // namespace sluice::passes
