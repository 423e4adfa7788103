// SPDX-License-Identifier: Apache-2.0
// import_onnx: an ONNX file becomes a Graph with shapes, or a sentence for the user.
//
// Why: the file comes from outside. Everything in it may be wrong, and each wrong thing must end in an error that names
// file, node and tensor; never in a crash or in memory without bound. What Sluice cannot do is collected over the whole
// file, so that the user changes the export once.
//
// Accepted: opset 7 to 25, one picture as input, constants inside the file or in a second one beside it. What the
// chosen output does not need is left out before anything is checked.
//
// Before: any bytes. After: a graph for which verify() holds, with opset, shapes, and attributes of the right kinds.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/graph.hpp"

namespace sluice::frontend {

struct ImportOptions {
  // The picture's shape where the file leaves it open ("1x3x48x192"). An open batch is 1 without being asked.
  std::optional<ir::Dims> input_shape;
  // The result to keep; needed only for a file with several outputs.
  std::string output;
};

Result<ir::Graph> import_onnx(const std::filesystem::path& file, const ImportOptions& options = {});

// The model's hash, over its file and every second file that its initialisers name (SHA-256, in hex).
Result<std::string> model_hash(const std::filesystem::path& file);

// One node of the file; `problem` is empty when the node alone can be read.
struct SurveyedNode {
  std::string name;
  std::string op;
  std::string problem;
};

// Every node that the output needs, with what is wrong with each: for a list of all that must change, where
// import_onnx() would stop.
Result<std::vector<SurveyedNode>> survey_onnx(const std::filesystem::path& file, const ImportOptions& options = {});

// The same import from memory, where nothing can lie in a second file; `name` stands for the file in messages.
Result<ir::Graph> import_onnx_bytes(std::string_view bytes, const std::string& name, const ImportOptions& options = {});

// "1x3x224x224" as dimensions, each 1 or more.
Result<ir::Dims> parse_shape(const std::string& text);

}  // namespace sluice::frontend
