// SPDX-License-Identifier: Apache-2.0
// with_tail: a graph in normal form with its host tail put behind it again, so that its result means what the file's did.
//
// Before: `imported` is the graph that normalise() started from. After: a graph for the float interpreter.
#pragma once

#include "compiler/ir/graph.hpp"

namespace sluice::testing {

inline ir::Graph with_tail(ir::Graph graph, const ir::Graph& imported) {
  if (graph.host_tail.empty()) return graph;
  ir::Node& first = graph.host_tail.front();
  const auto written = imported.shapes.find(first.inputs[0]);
  const std::string row = "scores as in the file", shape = row + ": shape";
  // The tail may start behind a value that a pass made; the file's own result has as many numbers.
  graph.initialisers[shape] = ir::Tensor::of_integers(written != imported.shapes.end() ? written->second : imported.shapes.at(imported.output));
  graph.nodes.push_back({.name = row, .op = "Reshape", .inputs = {graph.output, shape}, .outputs = {row}});
  first.inputs[0] = row;
  graph.nodes.insert(graph.nodes.end(), graph.host_tail.begin(), graph.host_tail.end());
  graph.output = graph.host_tail.back().outputs[0];
  graph.host_tail.clear();
  graph.shapes = {{graph.input, graph.shapes.at(graph.input)}};
  return graph;
}

}  // namespace sluice::testing
