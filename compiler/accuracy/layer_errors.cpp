// SPDX-License-Identifier: Apache-2.0
// Runs both networks picture by picture and sums signal and noise of every map (see layer_errors.hpp).
#include "compiler/accuracy/layer_errors.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/quantise/float_runner.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice {
namespace {

constexpr double kMostDecibels = 200;

// Adds one picture's map: `real` in planes of channels, `codes` pixel by pixel.
void add_map(LayerError& error, const ir::Tensor& real, const Map& codes, const Layer& layer) {
  const std::int64_t channels = layer.output.channels, pixels = layer.output.size() / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    const std::int64_t of_model = layer.model_channel(static_cast<int>(c));
    for (std::int64_t p = 0; p < pixels; ++p) {
      const double wanted = real.values[std::size_t(of_model * pixels + p)];
      const double difference = layer.real_value(codes[std::size_t(p * channels + c)], static_cast<int>(c)) - wanted;
      error.signal += wanted * wanted;
      error.noise += difference * difference;
      error.largest = std::max(error.largest, std::fabs(difference));
    }
  }
}

}  // namespace

double LayerError::relative() const { return signal > 0 ? std::sqrt(noise / signal) : noise > 0 ? 1.0 : 0.0; }

double LayerError::sqnr_db() const {
  return relative() > 0 ? std::min(kMostDecibels, -20 * std::log10(relative())) : kMostDecibels;
}

std::vector<std::string> values_of_layers(const ir::Graph& graph, const IntegerNetwork& network) {
  std::vector<std::string> values(network.layers.size());
  for (const ir::Node& node : graph.nodes) {
    // The last layer of a node computes its value.
    for (std::size_t i = network.layers.size(); i-- > 0;) {
      if (network.layers[i].origin != node.name) continue;
      values[i] = node.outputs[0];
      break;
    }
  }
  return values;
}

Result<std::vector<LayerError>> layer_errors(const ir::Graph& graph, const IntegerNetwork& network,
                                             const ImageSet& images) {
  const FloatRunner runner = SLUICE_TRY(FloatRunner::prepare(graph, network.preprocess));
  const Preprocessor preprocessor(network);
  const Evaluator evaluator(network);
  const std::vector<std::string> values = values_of_layers(graph, network);
  std::vector<std::vector<LayerError>> partial(images.size(), std::vector<LayerError>(network.layers.size()));
  std::vector<char> is_read(images.size(), 0);
  SLUICE_CHECK(parallel_try(images.size(), [&](std::size_t s) -> Status {
    const auto loaded = images.load(s);
    if (!loaded) return ok();  // told by whoever shows the results
    is_read[s] = 1;
    const FittedPicture picture = SLUICE_TRY(runner.fit(loaded.value()));
    const PictureMaps maps = evaluator.evaluate(preprocessor.codes(picture));
    SLUICE_CHECK(runner.scores(picture, [&](const std::string& value, const ir::Tensor& real) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] == value)
          add_map(partial[s][i], real, evaluator.map(maps, static_cast<int>(i)), network.layers[i]);
      }
    }));
    return ok();
  }));

  std::vector<LayerError> errors;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    if (values[i].empty()) continue;
    const Layer& layer = network.layers[i];
    LayerError all{layer.name, layer.origin};
    for (const auto& picture_errors : partial) {
      all.signal += picture_errors[i].signal;
      all.noise += picture_errors[i].noise;
      all.largest = std::max(all.largest, picture_errors[i].largest);
    }
    const double count = static_cast<double>(layer.output.size()) *
                         std::max(1.0, static_cast<double>(std::count(is_read.begin(), is_read.end(), 1)));
    all.signal /= count;
    all.noise /= count;
    errors.push_back(std::move(all));
  }
  return errors;
}

int first_above(const std::vector<LayerError>& errors, double most) {
  const auto found =
      std::find_if(errors.begin(), errors.end(), [most](const LayerError& e) { return e.relative() > most; });
  return found == errors.end() ? -1 : static_cast<int>(found - errors.begin());
}

}  // namespace sluice
