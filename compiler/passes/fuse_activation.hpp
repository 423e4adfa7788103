// SPDX-License-Identifier: Apache-2.0
// Moves Relu, Clip, HardSwish and HardSigmoid into Node::activation of the node they follow.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status fuse_activation(ir::Graph& graph);

}  // namespace sluice::passes
