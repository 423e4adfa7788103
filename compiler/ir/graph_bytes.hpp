// SPDX-License-Identifier: Apache-2.0
// A graph as bytes, and back: what a plan's state keeps of the model.
//
// Why: whoever goes on with a plan needs the graph as the passes left it, with its weights, and no ONNX. The idea:
// every field in the order of graph.hpp (runtime/base/bytes.hpp), after a tag with a version.
//
// Before: any graph; bytes of any origin. After: graph_from_bytes(graph_to_bytes(g)) is g again. Other bytes are
// refused by a sentence. What is accepted keeps verify() and has tensors of the sizes that their dimensions say.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace sluice::ir {

std::string graph_to_bytes(const Graph& graph);
Result<Graph> graph_from_bytes(std::string_view bytes);

}  // namespace sluice::ir
