// SPDX-License-Identifier: Apache-2.0
// What comparing a file's graph with its normal form takes: normalise() leaves the host's tail to the host, and takes
// channels-last pictures channels-first.
//
//   with_tail(normal, imported)   the tail put back at the end, so that the result means what the file's did
//   turned(picture, dims)         the picture in the order of the normal form's input
//   batch_of(normal, imported)    pictures of the file that became one (passes/single_picture); else 1
//
// Before: `imported` is the graph that normalise() started from. After: graph and picture for the float interpreter.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::testing {

inline std::int64_t batch_of(const ir::Graph& normal, const ir::Graph& imported) {
  const ir::Dims &now = normal.shapes.at(normal.input), &file = imported.shapes.at(imported.input);
  return file.size() == 4 && now[0] == 1 ? file[0] : 1;
}

inline ir::Graph with_tail(ir::Graph graph, const ir::Graph& imported) {
  if (graph.host_tail.empty()) return graph;
  ir::Node& first = graph.host_tail.front();
  const auto written = imported.shapes.find(first.inputs[0]);
  const std::string row = "scores as in the file", shape = row + ": shape";
  // The tail may start after a value that a pass made; the file's own result has as many numbers.
  ir::Dims dims = written != imported.shapes.end() ? written->second : imported.shapes.at(imported.output);
  if (const std::int64_t batch = batch_of(graph, imported); batch > 1 && !dims.empty() && dims[0] == batch) dims[0] = 1;
  graph.initialisers[shape] = ir::Tensor::of_integers(std::move(dims));
  graph.nodes.push_back({.name = row, .op = "Reshape", .inputs = {graph.output, shape}, .outputs = {row}});
  first.inputs[0] = row;
  graph.nodes.insert(graph.nodes.end(), graph.host_tail.begin(), graph.host_tail.end());
  graph.output = graph.host_tail.back().outputs[0];
  graph.host_tail.clear();
  graph.shapes = {{graph.input, graph.shapes.at(graph.input)}};
  return graph;
}

inline ir::Tensor turned(const ir::Tensor& picture, const ir::Dims& dims) {
  if (picture.dims == dims) return picture;
  ir::Tensor result = ir::Tensor::zeros(dims);
  const std::int64_t pixels = dims[2] * dims[3];
  for (std::int64_t c = 0; c < dims[1]; ++c) {
    for (std::int64_t p = 0; p < pixels; ++p)
      result.values[static_cast<std::size_t>(c * pixels + p)] =
          picture.values[static_cast<std::size_t>(p * dims[1] + c)];
  }
  return result;
}

}  // namespace sluice::testing
