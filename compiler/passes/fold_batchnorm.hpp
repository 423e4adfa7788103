// SPDX-License-Identifier: Apache-2.0
// Folds BatchNormalization into the convolution or Gemm in front of it; a lone one becomes a depthwise 1x1 Conv.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status fold_batchnorm(ir::Graph& graph);

}  // namespace sluice::passes
