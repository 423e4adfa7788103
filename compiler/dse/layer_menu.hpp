// SPDX-License-Identifier: Apache-2.0
// LayerMenu: the kernels a layer could be made of, and what each way costs.
//
// Why: the sparsity search asks for the best design thousands of times, and only the densities change between two
// questions. What a way costs does not depend on them, so it is worked out once; a question then only has to work out
// cycles. The ways: every engine the layer allows, O among the values that change the number of filter groups, M among
// divisors of the channels (and the taps), N, G, P on short ladders, any number E of copies.
//
// E copies cost E times the kernels that carry one beat for each iteration of the multiplier loop: engine and compactor,
// for engines without a list also the window. Whatever feeds them all stands once, with a deal and a gather.
//
// Before: a valid layer. After: at least one way, none of them with copies yet.
#pragma once

#include <vector>

#include "compiler/model/engine_resources.hpp"
#include "compiler/model/layer_time.hpp"

namespace sluice {

struct MenuOptions {
  int data_bits = 8, weight_bits = 8, sum_bits = 26;
  int most_copies = 16;
  int most_filters = 64;      // O, and lanes of other kernels
  int most_vector_lanes = 64; // M
  // One requantiser serves several filters of an engine, which then sends as many lanes; without, one for each filter.
  bool shares_requantisers = false;
};

// What the explorer is told of a layer.
struct LayerSpec {
  LayerWork work;
  bool is_first = false;             // stem: dense, may take several pixels a cycle
  std::vector<EngineKind> engines;   // allowed; ignored for layers that multiply no weights and for depthwise
};

struct LayerWay {
  EngineShape shape;    // copies = 1, no memories
  Resources once;       // whatever the number of copies
  Resources of_copy;
  Resources of_dealing; // deal and gather, when there are several copies

  Resources cost(int copies) const;
};

struct LayerMenu {
  LayerSpec spec;
  std::vector<LayerWay> ways;
  int most_copies = 1;
};

LayerMenu layer_menu(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options = {});

}  // namespace sluice
