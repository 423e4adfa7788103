// SPDX-License-Identifier: Apache-2.0
// read_graph: a GraphProto becomes a Graph, without shapes yet.
//
// Why: names tie the file together, and names can be missing, double or circular. The order here matters: find who
// makes each value, walk back from the output that is kept, order the nodes met, and only then read them, so that
// parts nobody needs cannot fail.
//
// Before: any GraphProto of a known opset. After: topological order, unique names, the input's shape in `shapes`.
#pragma once

#include <vector>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ir/graph.hpp"

namespace onnx {
class GraphProto;
}

namespace sluice::frontend {

// `folder`: where weights in a second file lie; none for a model that is not a file.
Result<ir::Graph> read_graph(const onnx::GraphProto& proto, int opset, const ImportOptions& options,
                             const std::optional<std::filesystem::path>& folder);

// Indices of the nodes that the output needs, producers first. What branches read of the values around them does not
// count.
Result<std::vector<int>> needed_nodes(const onnx::GraphProto& proto, const std::string& output);

// The nodes that the output needs, each with what is wrong with it on its own.
Result<std::vector<SurveyedNode>> survey_graph(const onnx::GraphProto& proto, int opset, const ImportOptions& options);

}  // namespace sluice::frontend
