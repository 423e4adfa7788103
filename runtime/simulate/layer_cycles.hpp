// SPDX-License-Identifier: Apache-2.0
// LayerCycles: how long each layer is busy with one image, told from the counters that a device reports.
//
// Why: planner (what a row costs), simulated device (when an image is done) and controller (which row holds a rate)
// must count alike, or a prediction is wrong before the first picture. The idea: a layer lasts as long as its busiest
// kernel, and what a kernel does is said by its schedule and nowhere else. Kernels whose program depends on the picture
// do a fixed part beside the engine's counted cycles, which its copies share evenly: a header. A picture of zeros tells
// that part. Weight-sparse kernels keep periods that depend on
// the row alone; their program is made from the counter.
//
// What this leaves out: waiting for full or empty streams (compiler/measure/interval_estimate.hpp), fill and drain,
// copies whose pixels have more non-zeros than the others'.
//
// Before: a valid design; counters of one image as a device reports them. After: one figure per layer, never below 1.
#pragma once

#include "runtime/bundle/bundle.hpp"
#include "runtime/simulate/schedule.hpp"

namespace sluice::simulate {

class LayerCycles {
 public:
  explicit LayerCycles(const Design& design);

  // Cycles that a layer takes whatever the picture is: all of them for one that does not count.
  double fixed(int layer) const { return layers_[std::size_t(layer)].fixed; }
  // The layer that `counters` are of.
  double layer(const LayerCounters& counters) const;
  // All layers of the network, in its order.
  std::vector<double> layers(const std::vector<LayerCounters>& counters) const;
  // The slowest part that no row changes: layers without an engine, and kernels between layers.
  double floor() const { return floor_; }
  // The slowest of all with one image.
  double slowest(const std::vector<LayerCounters>& counters) const;

 private:
  struct LayerParts {
    double fixed = 1;
    double beside_counter = 0;  // largest part of a kernel that the engine's counter does not tell
    int copies = 1;
    std::int64_t filters = 0;
    std::vector<std::size_t> periodic;  // kernels of a weight-sparse engine
  };

  std::shared_ptr<const Netlist> netlist_;  // the scheduler's
  Scheduler scheduler_;
  std::vector<LayerParts> layers_;
  double floor_ = 1;
};

}  // namespace sluice::simulate
