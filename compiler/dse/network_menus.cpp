// SPDX-License-Identifier: Apache-2.0
// See network_menus.hpp.
#include "compiler/dse/network_menus.hpp"

#include <algorithm>

#include "compiler/dse/engine_ways.hpp"
#include "device/contract/wire.h"
#include "runtime/bundle/netlist.hpp"

namespace sluice {
namespace {

constexpr int kMostStemPixels = 4;

constexpr double kGateHurry = 4;

// Do the layer's outputs become the gates of a scale, through layers on one pixel?
bool makes_gates(const IntegerNetwork& network, int index) {
  if (network.layers[std::size_t(index)].output.pixels() > 1) return false;
  for (std::size_t i = std::size_t(index) + 1; i < network.layers.size(); ++i) {
    const Layer& reader = network.layers[i];
    if (reader.kind == LayerKind::scale && reader.inputs[1] == index) return true;
    if (reader.kind == LayerKind::conv && reader.inputs[0] == index && makes_gates(network, int(i))) return true;
  }
  return false;
}

// Pixels may enter side by side where one layer reads the picture, and only a stride gives it less than a window for
// each.
int most_pixels(const IntegerNetwork& network, const Layer& layer) {
  const auto readers = std::count_if(network.layers.begin(), network.layers.end(), [](const Layer& other) {
    return std::count(other.inputs.begin(), other.inputs.end(), kNetworkInput) > 0;
  });
  const bool has_fewer_windows = layer.output.pixels() < layer.input.pixels();
  return layer.inputs[0] == kNetworkInput && readers == 1 && has_fewer_windows ? kMostStemPixels : 1;
}

}  // namespace

std::vector<LayerSpec> layer_specs(const IntegerNetwork& network, const std::vector<KernelKind>& engines) {
  std::vector<LayerSpec> specs;
  bool is_first = true;
  for (const Layer& layer : network.layers) {
    LayerSpec spec;
    spec.work = work_of(layer);
    spec.has_curve = layer.curve.kind != CurveKind::none;
    spec.data_bits = network.operand_bits(layer);
    if (layer.kind == LayerKind::conv) {
      if (makes_gates(network, int(specs.size()))) spec.hurry = kGateHurry;
      spec.is_first = is_first;
      is_first = false;
      spec.most_pixels = most_pixels(network, layer);
      spec.engines = engines.empty() ? convolution_engines() : engines;
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

std::vector<LayerMenu> network_menus(const IntegerNetwork& network, const ResourceModel& model,
                                     const std::vector<KernelKind>& engines) {
  MenuOptions options;
  options.weight_bits = network.input_bits;
  std::vector<LayerMenu> menus;
  for (const LayerSpec& spec : layer_specs(network, engines)) menus.push_back(layer_menu(spec, model, options));
  return menus;
}

LayerConfig config_of(const LayerWork& work, const EngineShape& shape) {
  LayerConfig config;
  if (!is_engine(shape.kind)) {
    config.filters = shape.out_lanes;
    return config;
  }
  if (work.kind == LayerKind::conv) config.engine = shape.kind;
  config.filters = shape.filters;
  if (shape.sends_sums) config.lanes = shape.out_lanes;
  if (shape.copies > 1) config.copies = shape.copies;
  engine_ways(shape.kind).configure.get()(shape, work, config);
  return config;
}

LayerConfigs configs_of(const IntegerNetwork& network, const Exploration& chosen) {
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i)
    configs.push_back(config_of(work_of(network.layers[i]), chosen.layers[i].shape));
  return configs;
}

}  // namespace sluice
