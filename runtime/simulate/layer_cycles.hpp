// SPDX-License-Identifier: Apache-2.0
// Cycles that each layer keeps its place in the pipeline busy with one image: the simplest model of a design.
//
// Why: planner (what a row costs), simulated device (when an image is done) and controller (which row holds a rate) must
// count alike, or a prediction is wrong before the first picture. The idea: every kernel takes one beat per cycle from
// each of its streams, so a layer lasts as long as its longest stream, and a sparse engine as long as its multiplier
// loop was busy with this picture, shared evenly by the engine's copies. What this leaves out: waiting for full or empty streams, fill and drain.
//
// Before: a valid design; counters of one image as a device reports them. After: one figure per layer, never below 1.
#pragma once

#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"

namespace sluice {

// Cycles that a layer takes whatever the picture is. Streams whose length depends on the picture or the row (behind a
// compactor or a tile kernel) do not count; the engine's own counter stands for them.
double fixed_layer_cycles(const Netlist& netlist, int layer);

// One entry per layer of the network: the fixed cycles, or busy_cycles / copies where that is more.
std::vector<double> layer_cycles(const Design& design, const std::vector<LayerCounters>& counters);

// Largest fixed_layer_cycles among the layers that a design table has no entry for, and the source's stream.
double floor_cycles(const Design& design);

}  // namespace sluice
