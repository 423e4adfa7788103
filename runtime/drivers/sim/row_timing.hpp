// SPDX-License-Identifier: Apache-2.0
// RowTiming: interval and latency of a row, from the cycle simulator.
//
// Why: simulating a picture takes a hundred times as long as computing it, too long for a device that answers thousands
// of images a second. The idea: simulate a few pictures of a row once, and note how the interval and the first image's
// latency relate to the cycles of the slowest layer (runtime/simulate/layer_cycles.hpp), which every picture's counters
// tell at once. What a pipeline loses to waiting, headers and kernels other than the engines belongs to the design.
// What changes from picture to picture is the engines' work.
//
// Before: pictures like those to come. After: for these pictures exactly the simulator's mean interval.
#pragma once

#include "runtime/simulate/layer_cycles.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/simulate/schedule.hpp"

namespace sluice {

struct RowTiming {
  double interval_per_cycle = 1;  // of the slowest layer
  double latency_per_cycle = 1;
};

// Fails when the pipeline stands still, with its story.
Result<RowTiming> time_row(const Netlist& netlist, const simulate::Scheduler& scheduler,
                           const simulate::LayerCycles& layer_cycles, const PictureModel& model,
                           std::size_t row, const std::vector<std::vector<std::int16_t>>& pictures);

}  // namespace sluice
