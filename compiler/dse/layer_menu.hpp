// SPDX-License-Identifier: Apache-2.0
// LayerMenu: the kernels a layer could be made of, and what each way costs.
//
// Why: the sparsity search asks for the best design thousands of times, and only the densities change between two
// questions. What a way costs does not depend on them, so it is worked out once; a question then only has to work out
// cycles. The ways are those that compiler/pipeline builds (network_menus.hpp turns one into a LayerConfig): every
// engine the layer allows, O, M and G among divisors, one tap a beat, a kernel row or all, N and P on short ladders,
// any number E of copies, and for each of those L: O requantisers in the engine or a few that its copies share. What
// that costs: way_costs.hpp.
//
// Before: a valid layer. After: at least one way, none of them with copies yet.
#pragma once

#include <vector>

#include "compiler/model/engine_resources.hpp"
#include "compiler/model/layer_time.hpp"

namespace sluice {

struct MenuOptions {
  int weight_bits = 8;
  int most_copies = 16;
  int most_filters = 64;        // O, and lanes of other kernels
  int most_vector_lanes = 256;  // M
};

// What the explorer is told of a layer.
struct LayerSpec {
  LayerWork work;
  bool is_first = false;  // stem: dense
  int most_pixels = 1;    // P of a stem: pixels that may enter a cycle
  // Times that the layer must be faster than the slowest one: a map waits for its gates in block RAM, so two gate
  // layers as slow as the interval would cost two maps of it.
  double hurry = 1;
  bool has_curve = false;           // as in EngineShape
  int data_bits = 8;                // of what it reads
  std::vector<KernelKind> engines;  // allowed; ignored for layers that multiply no weights and for depthwise
};

struct LayerWay {
  EngineShape shape;  // copies = 1, no memories; out_lanes is L, below O with sends_sums
  Resources once;     // whatever the number of copies
  Resources per_copy;
  // When there are several copies: what hands out pixels and takes results, and the kernels upstream of each copy.
  Resources dealing, per_dealt_copy;
  int most_copies = 1;

  Resources cost(int copies) const;
};

struct LayerMenu {
  LayerSpec spec;
  std::vector<LayerWay> ways;
};

LayerMenu layer_menu(const LayerSpec& spec, const ResourceModel& model, const MenuOptions& options = {});

}  // namespace sluice
