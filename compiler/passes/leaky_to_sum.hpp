// SPDX-License-Identifier: Apache-2.0
// leaky_to_sum: LeakyRelu and PRelu become a sum; see the .cpp.
#pragma once

#include "compiler/ir/graph.hpp"
#include "runtime/base/status.hpp"

namespace sluice::passes {

Status leaky_to_sum(ir::Graph& graph);

}  // namespace sluice::passes
