// SPDX-License-Identifier: Apache-2.0
// Puts the map first and the gate second in the Mul of a squeeze-excite block.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status order_operands(ir::Graph& graph);

}  // namespace sluice::passes
