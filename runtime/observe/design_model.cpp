// SPDX-License-Identifier: Apache-2.0
// What monitor and controller know of a design (see design_model.hpp).
#include "runtime/observe/design_model.hpp"

#include "runtime/bundle/netlist_index.hpp"

#include <algorithm>

namespace sluice {
namespace {

// Network layers that the table has an entry for: every one that an engine computes.
std::vector<int> table_layers(const Bundle& bundle) {
  const NetlistIndex index(bundle.netlist());
  std::vector<int> layers;
  for (std::size_t i = 0; i < bundle.network().layers.size(); ++i) {
    if (index.engine(static_cast<int>(i)) != nullptr) layers.push_back(static_cast<int>(i));
  }
  return layers;
}

}  // namespace

DesignModel model_of(const Bundle& bundle) {
  const simulate::LayerCycles cycles(bundle.design());
  DesignModel model{bundle.table(), {}, cycles.floor()};
  for (const int layer : table_layers(bundle)) model.macs.push_back(bundle.network().layers[std::size_t(layer)].macs());
  return model;
}

Observer::Observer(const Bundle& bundle) : layer_cycles_(bundle.design()), layers_(table_layers(bundle)) {
  for (const int layer : layers_) macs_.push_back(bundle.network().layers[std::size_t(layer)].macs());
}

Observation Observer::observe(std::uint64_t index, std::uint32_t row, const std::vector<LayerCounters>& counters,
                              std::chrono::nanoseconds completed_at) const {
  Observation seen{index, row, {}, macs_, completed_at};
  for (const int layer : layers_) seen.cycles.push_back(layer_cycles_.fixed(layer));
  for (const LayerCounters& c : counters) {
    const auto place = std::find(layers_.begin(), layers_.end(), c.layer) - layers_.begin();
    seen.cycles.at(std::size_t(place)) = layer_cycles_.layer(c);
    seen.pairs.at(std::size_t(place)) = c.nonzero_pairs;
  }
  return seen;
}

}  // namespace sluice
