// SPDX-License-Identifier: Apache-2.0
// Runs the calibration pictures (see calibrate.hpp).
#include "compiler/quantise/calibrate.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/errors.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/text.hpp"

namespace sluice {
namespace {

constexpr std::size_t kChunks = 32;

struct Chunk {
  Statistics statistics;
  std::string not_finite;  // the first value that held infinity or NaN
};

void add_value(Chunk& chunk, const std::string& name, const ir::Tensor& tensor, const ChannelGains& gains) {
  if (!chunk.not_finite.empty()) return;
  if (!std::all_of(tensor.values.begin(), tensor.values.end(), [](float value) { return std::isfinite(value); })) {
    chunk.not_finite = name;
    return;
  }
  const std::int64_t channels = tensor.dims.size() > 1 ? tensor.dims[1] : 1;
  const auto found = gains.find(name);
  if (found == gains.end()) {
    chunk.statistics[name].add(tensor.values.data(), tensor.size(), channels);
    return;
  }
  std::vector<float> scaled = tensor.values;
  const std::size_t plane = scaled.size() / std::size_t(channels);
  for (std::size_t i = 0; i < scaled.size(); ++i) {
    scaled[i] *= static_cast<float>(found->second[i / plane]);
    if (!std::isfinite(scaled[i])) chunk.not_finite = name;
  }
  if (!chunk.not_finite.empty()) return;
  chunk.statistics[name].add(scaled.data(), tensor.size(), channels);
}

}  // namespace

std::string not_finite_text(const ir::Graph& graph, const std::string& value) {
  const ir::Node* maker = graph.producer(value);
  if (maker == nullptr)
    return fmt::format("the prepared picture ({}) holds infinity or NaN; look at --mean, --std and --pixel-max",
                       printable(value));
  return fmt::format(
      "{} makes infinity or NaN in float, of finite inputs (value {}); look at its weights, and at those before it",
      printable(maker->label()), printable(value));
}

Result<Calibration> calibrate(const ir::Graph& graph, const FittedPictures& pictures, const ChannelGains& gains) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, pictures.preprocess()));
  Calibration result;
  result.scores.resize(pictures.size());
  std::vector<Chunk> chunks(std::min(kChunks, pictures.size()));
  const auto run_one = [&](std::size_t i, Chunk& chunk) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures.load(i));
    // Every value passes once, the graph's input first.
    result.scores[i] = SLUICE_TRY(runner.scores(
        picture, [&](const std::string& name, const ir::Tensor& value) { add_value(chunk, name, value, gains); }));
    if (chunk.not_finite.empty()) return ok();
    return user_error("{}: {}", pictures.name(i), not_finite_text(graph, chunk.not_finite));
  };
  Status status = parallel_try(chunks.size(), [&](std::size_t c) -> Status {
    const std::size_t first = pictures.size() * c / chunks.size(), last = pictures.size() * (c + 1) / chunks.size();
    for (std::size_t i = first; i < last; ++i) SLUICE_CHECK(run_one(i, chunks[c]));
    return ok();
  });
  if (!status) return std::move(status).error().in("calibration");
  for (const Chunk& chunk : chunks) {
    for (const auto& [name, statistics] : chunk.statistics) result.statistics[name].merge(statistics);
  }
  return result;
}

}  // namespace sluice
