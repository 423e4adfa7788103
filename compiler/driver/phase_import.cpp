// SPDX-License-Identifier: Apache-2.0
// import: the ONNX file as a graph in normal form (compiler/ir/graph.hpp).
#include <fmt/format.h>

#include "compiler/driver/check_warnings.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/frontend/onnx_import.hpp"
#include "compiler/ir/graph_bytes.hpp"
#include "compiler/passes/normalise.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

constexpr const char* kFile = "graph.bin";

std::string story(const PlanJob& job) { return job.options.model.string(); }

nlohmann::json options_of(const PlanJob& job) {
  const auto& shape = job.options.input_shape;
  return {{"the model", job.options.model.filename().string() + " " + job.model_hash},
          {"--input-shape", shape ? ir::to_text(*shape) : "as in the model"},
          {"--model-output", job.options.model_output},
          {"--pixel-max", job.options.pixels.pixel_max},
          {"--mean", job.options.pixels.mean},
          {"--std", job.options.pixels.std}};
}

Status run(PlanJob& job) {
  const std::filesystem::path& model = job.options.model;
  ir::Graph graph = SLUICE_TRY(
      frontend::import_onnx(model, {.input_shape = job.options.input_shape, .output = job.options.model_output}));
  graph.name = model.stem().string();  // exporters write "torch_jit"; users know the file's name
  const std::size_t nodes = graph.nodes.size();
  graph.input_range = pixel_range(job.options.pixels);
  SLUICE_CHECK(passes::normalise(graph));
  job.say(fmt::format("{} nodes, opset {}; {} in normal form", nodes, graph.opset, graph.nodes.size()));
  if (const std::string text = left_out_class(graph); !text.empty()) job.say(text);
  job.state.graph = std::move(graph);
  // What does not go with the model is refused now, not after minutes: class names, the pictures' channels, and
  // pictures that are broken, all of them at once.
  SLUICE_CHECK(job.check_class_names());
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  return pictures.check();
}

BundleFiles save(const PlanState& state) { return {{kFile, ir::graph_to_bytes(*state.graph)}}; }

Status load(const BundleFiles& files, PlanState& state) {
  const std::string bytes = SLUICE_TRY(file_of(files, kFile));
  state.graph = SLUICE_TRY(ir::graph_from_bytes(bytes));
  return ok();
}

std::string dump(const PlanState& state) { return ir::print(*state.graph); }

}  // namespace

Phase import_phase() { return {"import", "the graph in normal form", {}, story, options_of, run, save, load, dump}; }

}  // namespace sluice
