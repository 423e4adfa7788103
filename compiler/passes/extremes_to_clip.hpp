// SPDX-License-Identifier: Apache-2.0
// extremes_to_clip: Min and Max with constants become Clip.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status extremes_to_clip(ir::Graph& graph);

}  // namespace sluice::passes
