// SPDX-License-Identifier: Apache-2.0
// x * W of a row x is Gemm(x, W). A bias added after it is folded later, with all other additions of constants.
//
// Preserved: everything; Gemm without attributes is that product.
// Before: constants folded. After: no MatMul of a computed row with a constant matrix.
#include "compiler/passes/matmul_to_gemm.hpp"

namespace sluice::passes {

Status matmul_to_gemm(ir::Graph& graph) {
  for (ir::Node& node : graph.nodes) {
    const bool is_row_times_matrix = node.op == "MatMul" && !graph.is_constant(node.inputs[0]) &&
                                     graph.is_constant(node.inputs[1]) && graph.shapes.at(node.inputs[0]).size() == 2 &&
                                     graph.shapes.at(node.inputs[1]).size() == 2;
    if (is_row_times_matrix) node.op = "Gemm";
  }
  return ok();
}

}  // namespace sluice::passes
