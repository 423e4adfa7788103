// SPDX-License-Identifier: Apache-2.0
// Turns what reduces a whole map to one pixel (ReduceMean, ReduceSum, ReduceMax, GlobalMaxPool, AveragePool with the
// map's size) into GlobalAveragePool or MaxPool.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status reductions_to_pools(ir::Graph& graph);

}  // namespace sluice::passes
