// SPDX-License-Identifier: Apache-2.0
// What monitor and controller know of a design (see design_model.hpp).
#include "runtime/observe/design_model.hpp"

#include <algorithm>

#include "runtime/bundle/layer_cycles.hpp"

namespace sluice {
namespace {

// Network layers that the table has an entry for: every one that an engine computes.
std::vector<int> table_layers(const Bundle& bundle) {
  std::vector<int> layers;
  for (std::size_t i = 0; i < bundle.network().layers.size(); ++i) {
    if (!engine_of(bundle.netlist(), static_cast<int>(i)).empty()) layers.push_back(static_cast<int>(i));
  }
  return layers;
}

}  // namespace

DesignModel model_of(const Bundle& bundle) {
  DesignModel model{bundle.table(), {}, floor_cycles(bundle.design())};
  for (const int layer : table_layers(bundle)) model.macs.push_back(bundle.network().layers[std::size_t(layer)].macs());
  return model;
}

Observer::Observer(const Bundle& bundle) : layers_(table_layers(bundle)), macs_(model_of(bundle).macs) {
  for (std::size_t i = 0; i < bundle.network().layers.size(); ++i) {
    fixed_cycles_.push_back(fixed_layer_cycles(bundle.netlist(), static_cast<int>(i)));
    idle_cycles_.push_back(engine_cycles(bundle.netlist(), static_cast<int>(i), 0));
    copies_.push_back(engine_copies(bundle.netlist(), static_cast<int>(i)));
  }
}

Observation Observer::observe(std::uint64_t index, std::uint32_t row, const std::vector<LayerCounters>& counters,
                              std::chrono::nanoseconds completed_at) const {
  Observation seen{index, row, {}, macs_, completed_at};
  for (const int layer : layers_) seen.cycles.push_back(fixed_cycles_[std::size_t(layer)]);
  for (const LayerCounters& c : counters) {
    const auto place = std::find(layers_.begin(), layers_.end(), c.layer) - layers_.begin();
    double& cycles = seen.cycles.at(std::size_t(place));
    cycles = std::max(cycles, static_cast<double>(c.busy_cycles) / copies_[std::size_t(c.layer)] + idle_cycles_[std::size_t(c.layer)]);
    seen.pairs.at(std::size_t(place)) = c.nonzero_pairs;
  }
  return seen;
}

}  // namespace sluice
