// SPDX-License-Identifier: Apache-2.0
// Writes Add, Sub, Mul and Div by constants, and Neg, as BatchNormalization, so that one pass folds all of them.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status arithmetic_to_affine(ir::Graph& graph);

}  // namespace sluice::passes
