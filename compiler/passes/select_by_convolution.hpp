// SPDX-License-Identifier: Apache-2.0
// select_by_convolution: a fixed choice of channels and pixels becomes a convolution with weights 0 and 1.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status select_by_convolution(ir::Graph& graph);

}  // namespace sluice::passes
