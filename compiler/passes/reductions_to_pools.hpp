// SPDX-License-Identifier: Apache-2.0
// Turns means over the whole map (ReduceMean, AveragePool with the map's size) into GlobalAveragePool.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status means_to_pools(ir::Graph& graph);

}  // namespace sluice::passes
