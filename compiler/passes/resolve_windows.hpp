// SPDX-License-Identifier: Apache-2.0
// Writes auto_pad and ceil_mode of convolutions and pools as four pads, and all window attributes in full.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status resolve_windows(ir::Graph& graph);

}  // namespace sluice::passes
