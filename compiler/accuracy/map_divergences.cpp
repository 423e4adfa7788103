// SPDX-License-Identifier: Apache-2.0
// One trace a picture, and what is downstream of each rounded map again (see map_divergences.hpp).
#include "compiler/accuracy/map_divergences.hpp"

#include <algorithm>

#include "compiler/accuracy/divergence.hpp"
#include "compiler/accuracy/map_codes.hpp"
#include "compiler/quantise/float_runner.hpp"
#include "compiler/quantise/value_codes.hpp"
#include "runtime/base/parallel.hpp"

namespace sluice {

MapDivergences::MapDivergences(const ir::Graph& graph, const Quantised& quantised, const QuantiseOptions& options,
                               const ChannelGains& gains, const FittedPictures& pictures,
                               const std::vector<std::vector<float>>& scores)
    : graph_(graph), quantised_(quantised), pictures_(pictures), scores_(scores) {
  for (const Layer& layer : quantised.network.layers) {
    const auto value = quantised.value_of.find(layer.name);
    if (value != quantised.value_of.end() && requantises(layer.kind)) layer_of_[value->second] = &layer;
  }
  const ValueCodesTable codes(graph, options, gains);
  const std::string& picture = codes.root(graph.input);
  const std::string& of_scores = codes.root(graph.output);
  for (const ir::Node& node : graph.nodes) {
    const std::string& value = node.outputs[0];
    const std::string& root = codes.root(value);
    if (layer_of_.count(value) == 0 || root == picture || root == of_scores) continue;
    auto found = std::find_if(maps_.begin(), maps_.end(), [&](const Map& map) { return map.root == root; });
    if (found == maps_.end()) found = maps_.insert(maps_.end(), Map{root, {}});
    found->values.insert(value);
  }
}

Result<std::vector<double>> MapDivergences::measure() const {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph_, pictures_.preprocess()));
  std::vector<std::vector<double>> divergences(pictures_.size());
  SLUICE_CHECK(parallel_try(pictures_.size(), [&](std::size_t i) -> Status {
    const FittedPicture picture = SLUICE_TRY(pictures_.load(i));
    const ops::FloatProgram::Trace trace = SLUICE_TRY(runner.trace(picture));
    const std::vector<double> wanted = log_probabilities({scores_[i].begin(), scores_[i].end()});
    for (const Map& map : maps_) {
      const auto got =
          SLUICE_TRY(runner.edited_scores(trace, map.values, [&](const std::string& value, ir::Tensor& values) {
            MapCodes(*layer_of_.at(value)).round(values);
          }));
      divergences[i].push_back(divergence(wanted, log_probabilities({got.begin(), got.end()})));
    }
    return ok();
  }));
  std::vector<double> means(maps_.size(), 0.0);
  for (const std::vector<double>& of_picture : divergences) {
    for (std::size_t r = 0; r < means.size(); ++r) means[r] += of_picture[r] / static_cast<double>(pictures_.size());
  }
  return means;
}

}  // namespace sluice
