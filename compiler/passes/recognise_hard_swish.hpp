// SPDX-License-Identifier: Apache-2.0
// Finds hard-swish and hard-sigmoid written out in Add, Clip, Mul and Div, and writes them as one node.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status recognise_hard_swish(ir::Graph& graph);

}  // namespace sluice::passes
