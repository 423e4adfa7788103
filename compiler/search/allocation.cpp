// SPDX-License-Identifier: Apache-2.0
// See allocation.hpp.
#include "compiler/search/allocation.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice::search {

Allocation allocation_of(const DesignOptions& options, std::vector<std::size_t> picks) {
  Allocation all{std::move(picks), 0, options.fixed_cycles};
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    if (options.layers[i].empty()) continue;
    const LayerOption& option = options.layers[i][all.picks[i]];
    all.loss += option.loss;
    all.cycles = std::max(all.cycles, option.cycles);
  }
  return all;
}

std::optional<Allocation> allocate(const DesignOptions& options, double interval) {
  if (options.fixed_cycles > interval) return std::nullopt;
  std::vector<std::size_t> picks(options.layers.size(), 0);
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    const std::vector<LayerOption>& layer_options = options.layers[i];
    if (layer_options.empty()) continue;
    // Cycles fall with the loss: the first that fits loses least.
    const auto fits = std::find_if(layer_options.begin(), layer_options.end(),
                                   [&](const LayerOption& option) { return option.cycles <= interval; });
    if (fits == layer_options.end()) return std::nullopt;
    picks[i] = std::size_t(fits - layer_options.begin());
  }
  return allocation_of(options, std::move(picks));
}

std::vector<Allocation> all_allocations(const DesignOptions& options) {
  double slowest = options.fixed_cycles;
  for (const auto& layer_options : options.layers)
    if (!layer_options.empty()) slowest = std::max(slowest, layer_options.front().cycles);
  std::vector<Allocation> family;
  for (auto next = allocate(options, slowest); next; next = allocate(options, std::nextafter(next->cycles, 0)))
    family.push_back(*next);
  return family;
}

std::vector<Allocation> thinned(const std::vector<Allocation>& family, std::size_t most) {
  if (family.size() <= most) return family;
  const double ratio = std::log(family.back().cycles / family.front().cycles);
  std::vector<Allocation> kept{family.front()};
  for (const Allocation& one : family) {
    const double next = ratio * double(kept.size()) / double(most - 1);
    if (kept.size() + 1 < most && std::log(one.cycles / family.front().cycles) <= next) kept.push_back(one);
  }
  if (!(kept.back() == family.back())) kept.push_back(family.back());
  return kept;
}

std::vector<Thresholds> thresholds_of(const DesignOptions& options, const Allocation& allocation) {
  std::vector<Thresholds> thresholds(options.layers.size());
  for (std::size_t i = 0; i < thresholds.size(); ++i)
    if (!options.layers[i].empty()) thresholds[i] = options.layers[i][allocation.picks[i]].thresholds;
  return thresholds;
}

}  // namespace sluice::search
