// SPDX-License-Identifier: Apache-2.0
// Ends the graph at the scores; what follows (Softmax and reshapes) is recorded for the host.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status split_host_tail(ir::Graph& graph);

}  // namespace sluice::passes
