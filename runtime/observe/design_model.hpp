// SPDX-License-Identifier: Apache-2.0
// DesignModel: what monitor and controller must know of a design, and nothing of its weights.
//
// Why: decisions are taken from a bundle while it runs and again from an audit log on a machine that has no bundle. So
// the few numbers they depend on stand together and travel in the log's first line.
//
// Observation: what one image did, in those terms. Layers are those of the design table, in its order.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice {

struct DesignModel {
  DesignTable table;
  std::vector<std::int64_t> macs;  // per table layer, dense products of an image
  double floor_cycles = 1;         // of the slowest part that no row changes (runtime/simulate/layer_cycles.hpp)
};

DesignModel model_of(const Bundle& bundle);

struct Observation {
  std::uint64_t index = 0;                   // of the image in its stream
  std::uint32_t row = 0;                     // under which it was computed
  std::vector<double> cycles;                // per table layer
  std::vector<std::int64_t> pairs;           // per table layer, products executed; macs where the engine does not count
  std::chrono::nanoseconds completed_at{0};  // on the device's clock
  std::optional<int> best_class = {};        // nothing: not known
};

// Turns counters of a device into observations; holds what that takes of the design.
class Observer {
 public:
  explicit Observer(const Bundle& bundle);
  Observation observe(std::uint64_t index, std::uint32_t row, const std::vector<LayerCounters>& counters,
                      std::chrono::nanoseconds completed_at) const;

 private:
  simulate::LayerCycles layer_cycles_;
  std::vector<int> layers_;         // network layer of each table layer
  std::vector<std::int64_t> macs_;  // per table layer
};

}  // namespace sluice
