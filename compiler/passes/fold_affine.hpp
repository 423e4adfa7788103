// SPDX-License-Identifier: Apache-2.0
// Folds BatchNormalization into a neighbouring convolution; a lone one becomes a depthwise 1x1 convolution.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status fold_affine(ir::Graph& graph);

}  // namespace sluice::passes
