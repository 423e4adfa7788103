// SPDX-License-Identifier: Apache-2.0
// Swish and Mish that are written out become one node; see the .cpp.
#pragma once

#include "compiler/ir/graph.hpp"
#include "runtime/base/status.hpp"

namespace sluice::passes {

Status recognise_swish(ir::Graph& graph);

}  // namespace sluice::passes
