// SPDX-License-Identifier: Apache-2.0
// Turns Gemm, with the Flatten in front of it, into a Conv whose kernel has the map's size.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status gemm_to_conv(ir::Graph& graph);

}  // namespace sluice::passes
