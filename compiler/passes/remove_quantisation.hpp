// SPDX-License-Identifier: Apache-2.0
// Drops QuantizeLinear and DequantizeLinear pairs on activations, keeping the clamp that they imply.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status remove_quantisation(ir::Graph& graph);

}  // namespace sluice::passes
