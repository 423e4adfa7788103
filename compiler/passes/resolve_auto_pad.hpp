// SPDX-License-Identifier: Apache-2.0
// Replaces auto_pad by the pads it means.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status resolve_auto_pad(ir::Graph& graph);

}  // namespace sluice::passes
