// SPDX-License-Identifier: Apache-2.0
// Runs the calibration pictures (see calibrate.hpp).
#include "compiler/quantise/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include <tbb/parallel_for.h>

#include "runtime/base/errors.hpp"
#include "runtime/images/preprocess.hpp"

namespace sluice {
namespace {

constexpr std::size_t kChunks = 32;

struct Chunk {
  Statistics statistics;
  std::string not_finite;  // the first value that held infinity or NaN
  Status status;
};

void add_value(Chunk& chunk, const std::string& name, const ir::Tensor& tensor) {
  if (!chunk.not_finite.empty()) return;
  if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); })) {
    chunk.not_finite = name;
    return;
  }
  const std::int64_t channels = tensor.dims.size() > 1 ? tensor.dims[1] : 1;
  chunk.statistics[name].add(tensor.values.data(), tensor.size(), channels);
}

}  // namespace

Result<Calibration> calibrate(const ir::Graph& graph, const ImageSet& images, const Preprocess& preprocess) {
  const ops::FloatProgram program = SLUICE_TRY(ops::FloatProgram::prepare(graph));
  const ir::Dims& dims = graph.shapes.at(graph.input);
  const MapShape input{static_cast<int>(dims[2]), static_cast<int>(dims[3]), static_cast<int>(dims[1])};
  Calibration result;
  result.scores.resize(images.size());
  std::vector<Chunk> chunks(std::min(kChunks, images.size()));
  const auto run_one = [&](std::size_t i, Chunk& chunk) -> Status {
    const Picture picture = SLUICE_TRY(images.load(i));
    const ir::Tensor tensor = ir::Tensor::of_values(dims, SLUICE_TRY(preprocess_float(picture, input, preprocess)));
    // Every value passes once, the graph's input first.
    const ir::Tensor scores = SLUICE_TRY(program.run(tensor, [&](const std::string& name, const ir::Tensor& value) {
      add_value(chunk, name, value);
    }));
    if (!chunk.not_finite.empty()) {
      return user_error("{}: value {} becomes infinite or NaN in float; look at the weights in front of it, and at mean and deviation", images.name(i), chunk.not_finite);
    }
    result.scores[i] = scores.values;
    return ok();
  };
  tbb::parallel_for(std::size_t{0}, chunks.size(), [&](std::size_t c) {
    const std::size_t first = images.size() * c / chunks.size(), last = images.size() * (c + 1) / chunks.size();
    for (std::size_t i = first; i < last && chunks[c].status; ++i) chunks[c].status = run_one(i, chunks[c]);
  });
  for (Chunk& chunk : chunks) {
    if (!chunk.status) return std::move(chunk.status).error().in("calibration");
    for (const auto& [name, statistics] : chunk.statistics) result.statistics[name].merge(statistics);
  }
  return result;
}

}  // namespace sluice
