// SPDX-License-Identifier: Apache-2.0
// DesignOptions: what each layer of a built design may leave out, what that loses, and how long the layer then takes.
//
// Why: when the hardware stands, the interval is a maximum over layers, so each layer may be asked alone. Cycles are
// counted, not estimated: the counters' model (runtime/evaluate/counters) walks pictures without thresholds through the
// very kernels that are built, under one option of every layer at a time.
//
// Before: valid design; a loss table of its network; pictures. After: of every layer that has any, options[0] leaves
// nothing out; then the loss rises and the cycles fall, strictly.
#pragma once

#include "compiler/search/loss_table.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice::search {

struct LayerOption {
  Thresholds thresholds;
  double loss = 0;    // nats
  double cycles = 0;  // of an image, mean
};

struct DesignOptions {
  std::vector<std::vector<LayerOption>> layers;  // empty: the engine leaves nothing out
  double fixed_cycles = 0;                       // of the slowest part that no threshold makes faster
  std::string fixed_part;                        // its layer, or "streams"
};

// The front of loss and cycles; options[0] leaves nothing out and stays the first.
std::vector<LayerOption> option_front(std::vector<LayerOption> options);

Result<DesignOptions> design_options(const Design& design, const LossTable& table, const Pictures& pictures);

}  // namespace sluice::search
