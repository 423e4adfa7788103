// SPDX-License-Identifier: Apache-2.0
// Turns a product with a constant matrix into Gemm, the form the classifier's layer is handled in.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::passes {

Status matmul_to_gemm(ir::Graph& graph);

}  // namespace sluice::passes
