// SPDX-License-Identifier: Apache-2.0
// From the file's bytes to a graph: parse, pick the opset, put functions and branches in place, read the graph, infer
// shapes.
//
// Before: any bytes. After: see onnx_import.hpp. Every error leaving here carries the file's name.
#include "compiler/frontend/onnx_import.hpp"

#include <set>

#include "compiler/frontend/external_data.hpp"
#include "compiler/frontend/graph_reader.hpp"
#include "compiler/frontend/inline_branches.hpp"
#include "compiler/frontend/inline_functions.hpp"
#include "compiler/onnx_file/model_file.hpp"
#include "compiler/ops/op.hpp"
#include "compiler/ops/shape_inference.hpp"
#include "onnx.pb.h"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::frontend {
namespace {

Result<int> opset_of(const onnx::ModelProto& model) {
  std::int64_t opset = 0;
  for (const auto& import : model.opset_import()) {
    if (import.domain().empty() || import.domain() == "ai.onnx") opset = std::max(opset, import.version());
  }
  if (opset == 0) return user_error("does not say which opset it uses (opset_import is missing)");
  if (opset < ops::kFirstOpset || opset > ops::kLastOpset) {
    return user_error(
        "uses opset {}; possible are {} to {}: export again with opset 17 (torch.onnx.export(..., "
        "opset_version=17); tf2onnx --opset 17)",
        opset, ops::kFirstOpset, ops::kLastOpset);
  }
  return static_cast<int>(opset);
}

struct FlatModel {
  onnx::GraphProto graph;
  int opset;
};

// The file's graph, without local functions and without branches that a fixed input decides.
Result<FlatModel> flat_model(std::string_view bytes, const ImportOptions& options,
                             const std::optional<std::filesystem::path>& folder) {
  onnx::ModelProto model = SLUICE_TRY(onnx_file::parse_model(bytes));
  const int opset = SLUICE_TRY(opset_of(model));
  SLUICE_CHECK(inline_functions(model, opset));
  SLUICE_CHECK(inline_branches(*model.mutable_graph(), opset, options, folder));
  FlatModel flat{{}, opset};
  flat.graph.Swap(model.mutable_graph());
  return flat;
}

Result<ir::Graph> unnamed_import(std::string_view bytes, const ImportOptions& options,
                                 const std::optional<std::filesystem::path>& folder) {
  const FlatModel model = SLUICE_TRY(flat_model(bytes, options, folder));
  ir::Graph graph = SLUICE_TRY(read_graph(model.graph, model.opset, options, folder));
  SLUICE_CHECK(graph.verify());
  SLUICE_CHECK(ops::infer_shapes(graph));
  return graph;
}

// Of the graph and of the branches within it.
std::vector<const onnx::TensorProto*> initialisers_of(const onnx::GraphProto& graph) {
  std::vector<const onnx::TensorProto*> all;
  for (const onnx::TensorProto& tensor : graph.initializer()) all.push_back(&tensor);
  for (const onnx::NodeProto& node : graph.node()) {
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      const auto inner = initialisers_of(attribute.g());
      all.insert(all.end(), inner.begin(), inner.end());
    }
  }
  return all;
}

Result<ir::Graph> import_model(std::string_view bytes, const std::string& name, const ImportOptions& options,
                               const std::optional<std::filesystem::path>& folder) {
  Result<ir::Graph> graph = unnamed_import(bytes, options, folder);
  if (!graph) return std::move(graph).error().in(name);
  return graph;
}

constexpr std::uint64_t kMostExternalBytes = std::uint64_t{16} << 30;

}  // namespace

Result<ir::Graph> import_onnx_bytes(std::string_view bytes, const std::string& name, const ImportOptions& options) {
  return import_model(bytes, name, options, {});
}

Result<ir::Graph> import_onnx(const std::filesystem::path& file, const ImportOptions& options) {
  const std::string bytes = SLUICE_TRY(read_file(file));
  return import_model(bytes, file.string(), options, file.parent_path());
}

Result<std::string> model_hash(const std::filesystem::path& file) {
  const std::string bytes = SLUICE_TRY(read_file(file));
  const std::string own = sha256_hex(bytes);
  // What is no model is refused by the import, in its own words.
  auto model = onnx_file::parse_model(bytes);
  std::set<std::filesystem::path> others;
  if (model) {
    for (const onnx::TensorProto* tensor : initialisers_of(model->graph())) {
      if (!is_external(*tensor)) continue;
      Result<std::filesystem::path> other = external_file(*tensor, file.parent_path());
      if (!other) return std::move(other).error().in(file.string() + ": initialiser \"" + tensor->name() + "\"");
      others.insert(std::move(*other));
    }
  }
  if (others.empty()) return own;
  std::string all = own;
  for (const std::filesystem::path& other : others) {
    const std::string numbers = SLUICE_TRY(read_file(other, kMostExternalBytes));
    all += sha256_hex(numbers);
  }
  return sha256_hex(all);
}

Result<std::vector<SurveyedNode>> survey_onnx(const std::filesystem::path& file, const ImportOptions& options) {
  const std::string bytes = SLUICE_TRY(read_file(file));
  auto survey = [&]() -> Result<std::vector<SurveyedNode>> {
    const FlatModel model = SLUICE_TRY(flat_model(bytes, options, file.parent_path()));
    return survey_graph(model.graph, model.opset, options);
  }();
  if (!survey) return std::move(survey).error().in(file.string());
  return survey;
}

Result<ir::Dims> parse_shape(const std::string& text) {
  ir::Dims dims;
  std::int64_t number = 0;
  bool has_digit = false;
  for (char c : text + "x") {
    if (c >= '0' && c <= '9' && number <= ir::kMaxElements) {
      number = number * 10 + (c - '0');
      has_digit = true;
    } else if (c == 'x' && has_digit && number >= 1 && number <= ir::kMaxElements) {
      dims.push_back(number);
      number = 0;
      has_digit = false;
    } else {
      return user_error("\"{}\" is not a shape; write it like 1x3x224x224", text);
    }
  }
  return dims;
}

}  // namespace sluice::frontend
