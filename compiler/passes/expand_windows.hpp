// SPDX-License-Identifier: Apache-2.0
// Writes grouped and dilated convolutions with the zeros that they leave out, as plain ones.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status expand_windows(ir::Graph& graph);

}  // namespace sluice::passes
