// SPDX-License-Identifier: Apache-2.0
// drop_expansions: an Expand in front of arithmetic that broadcasts by itself goes.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status drop_expansions(ir::Graph& graph);

}  // namespace sluice::passes
