// SPDX-License-Identifier: Apache-2.0
// A fully connected layer on a CxHxW map is a convolution whose kernel covers the map: Flatten orders NCHW, which is the
// order of a filter's weights too, so the matrix's rows become filters as they stand.
//
// Before: verified, shapes inferred. After: no Gemm, and no Flatten in front of one.
#include "compiler/passes/gemm_to_conv.hpp"

#include "compiler/passes/edit.hpp"

namespace sluice::passes {
namespace {

bool is_reshape(const std::string& op) { return op == "Flatten" || op == "Reshape" || op == "Squeeze"; }

// Rows of outputs x inputs, alpha applied.
Result<ir::Tensor> matrix_of(const ir::Graph& graph, const ir::Node& node) {
  if (!graph.is_constant(node.inputs[1])) return user_error("{}: its matrix is computed; a constant is possible", node.label());
  if (node.integer("transA", 0) != 0) return user_error("{}: transA is not possible", node.label());
  const ir::Tensor& b = graph.initialisers.at(node.inputs[1]);
  const bool is_transposed = node.integer("transB", 0) != 0;
  const std::int64_t outputs = b.dims[is_transposed ? 0 : 1], inputs = b.dims[is_transposed ? 1 : 0];
  ir::Tensor rows = ir::Tensor::zeros({outputs, inputs});
  const float alpha = node.real("alpha", 1.0f);
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t i = 0; i < inputs; ++i) {
      rows.values[std::size_t(o * inputs + i)] = alpha * b.values[std::size_t(is_transposed ? o * inputs + i : i * outputs + o)];
    }
  }
  return rows;
}

}  // namespace

Status gemm_to_conv(ir::Graph& graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].op != "Gemm") continue;
    ir::Tensor rows = SLUICE_TRY(matrix_of(graph, graph.nodes[i]));
    // Walk back over reshapes to the map they flatten.
    std::string map = graph.nodes[i].inputs[0];
    for (auto producer = index_of_producer(graph, map); producer && is_reshape(graph.nodes[*producer].op);
         producer = index_of_producer(graph, map)) {
      map = graph.nodes[*producer].inputs[0];
    }
    const ir::Dims dims = graph.shapes.at(map);
    ir::Node& node = graph.nodes[i];
    const std::int64_t height = dims.size() == 4 ? dims[2] : 1, width = dims.size() == 4 ? dims[3] : 1;
    if ((dims.size() != 4 && dims.size() != 2) || dims[0] != 1 || dims[1] * height * width != rows.dims[1]) {
      return user_error("{}: reads {} values of a {} map; a fully connected layer over one picture's map is possible",
                        node.label(), rows.dims[1], ir::to_text(dims));
    }
    rows.dims = {rows.dims[0], dims[1], height, width};
    const std::int64_t outputs = rows.dims[0];
    std::vector<std::string> inputs{map, ""};
    if (node.inputs.size() > 2 && !node.inputs[2].empty()) {
      if (!graph.is_constant(node.inputs[2])) return user_error("{}: its bias is computed; a constant is possible", node.label());
      const ir::Tensor& c = graph.initialisers.at(node.inputs[2]);
      ir::Tensor bias = ir::Tensor::zeros({outputs});
      for (std::size_t o = 0; o < bias.values.size(); ++o) bias.values[o] = node.real("beta", 1.0f) * c.values[c.values.size() == 1 ? 0 : o];
      inputs.push_back(add_initialiser(graph, node.name + "_bias", std::move(bias)));
    }
    inputs[1] = add_initialiser(graph, node.name + "_weights", std::move(rows));
    graph.nodes[i].op = "Conv";
    graph.nodes[i].inputs = inputs;
    graph.nodes[i].attributes = {{"kernel_shape", std::vector<std::int64_t>{height, width}}};
    graph.shapes[graph.nodes[i].outputs[0]] = {1, outputs, 1, 1};
  }
  return ok();
}

}  // namespace sluice::passes
