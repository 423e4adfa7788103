// SPDX-License-Identifier: Apache-2.0
// Layer by layer, code by code, each as the record of its kind defines it.
#include "runtime/reference/reference.hpp"

#include <cstdlib>

#include "runtime/bundle/layers/layer_record.hpp"
#include "runtime/reference/reference_layer.hpp"

namespace sluice {
namespace {

// Weights as a row leaves them: small ones, and those outside the prefix, are 0.
std::vector<std::int16_t> weights_of_row(const Layer& layer, const Thresholds& thresholds) {
  std::vector<std::int16_t> weights = prefix_weights(layer, thresholds.prefix);
  for (std::int16_t& weight : weights)
    if (std::abs(weight) < thresholds.weight) weight = 0;
  return weights;
}

}  // namespace

Map reference_layer(const Layer& layer, const Map& a, const Map& b, const Thresholds& thresholds) {
  const auto code = layer_record(layer.kind).code.get();
  const MapView first{a, layer.operand(0), thresholds.activation}, second{b, layer.operand(1)};
  const std::vector<std::int16_t> weights =
      layer.kind == LayerKind::conv ? weights_of_row(layer, thresholds) : std::vector<std::int16_t>{};
  Map out;
  out.reserve(std::size_t(layer.output.size()));
  for (int y = 0; y < layer.output.height; ++y) {
    for (int x = 0; x < layer.output.width; ++x) {
      for (int c = 0; c < layer.output.channels; ++c) {
        out.push_back(after_curve(layer, code({layer, first, second, weights, y, x, c}), c));
      }
    }
  }
  return out;
}

std::vector<Map> run_reference(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                               const std::vector<Thresholds>& thresholds) {
  const Map input(codes.begin(), codes.end());
  std::vector<Map> maps;
  maps.reserve(network.layers.size());
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    const auto map_of = [&](int source) -> const Map& {
      return source == kNetworkInput ? input : maps[std::size_t(source)];
    };
    // Only convolutions obey thresholds.
    const Thresholds layer_thresholds =
        layer.kind == LayerKind::conv && !thresholds.empty() ? thresholds[i] : Thresholds{};
    maps.push_back(reference_layer(layer, map_of(layer.inputs[0]), map_of(layer.inputs.back()), layer_thresholds));
  }
  return maps;
}

std::vector<std::int32_t> reference_scores(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                                           const std::vector<Thresholds>& thresholds) {
  return run_reference(network, codes, thresholds).back();
}

}  // namespace sluice
