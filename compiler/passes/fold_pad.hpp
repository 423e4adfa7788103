// SPDX-License-Identifier: Apache-2.0
// Moves Pad nodes into the pads of the windows that read them; one that fits nowhere becomes a 1x1 convolution.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status fold_pad(ir::Graph& graph);

}  // namespace sluice::passes
