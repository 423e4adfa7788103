// SPDX-License-Identifier: Apache-2.0
// LossTable: what each layer's thresholds lose, the layer being the only one that has any.
//
// Why: whoever shares out a loss over layers must know what each can leave out, and for how much. Two numbers tell it.
// `changed`, pictures whose first class is another, is what people care for, but for one layer and a few hundred
// pictures it is mostly 0. `divergence` (compiler/accuracy/divergence.hpp) is smooth and adds up over layers where
// their errors are independent; loss_scale.hpp says what it means in points.
//
// The idea: each layer alone, a ladder of levels; thresholds are quantiles of the non-zero magnitudes, on the integer
// grid. A picture is computed once without thresholds; then, from the last layer up, each level is computed from its
// layer on, so that the maps before it are always those without thresholds.
//
// Before: valid network; at least one picture. After: levels of a kind leave out more and more, none of them nothing.
// Same pictures, same table, whatever the number of threads.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/bundle/table.hpp"

namespace sluice::search {

using Pictures = std::vector<std::vector<std::int16_t>>;  // codes of the network's input

struct LossLevel {
  Thresholds thresholds;  // of the layer: of the weights, of the activations, or a prefix
  double share = 0;       // of the layer's non-zero codes of that kind that are left out
  double divergence = 0;  // mean over pictures, nats, from the network without thresholds
  double changed = 0;     // share of the pictures whose first class is another

  bool operator==(const LossLevel&) const = default;
};

struct LayerLosses {
  std::vector<LossLevel> weights, activations, ranks;  // ranks: for each G all k, G ascending, k descending

  bool operator==(const LayerLosses&) const = default;
};

struct LossTable {
  std::vector<LayerLosses> layers;  // of the network; empty where no engine could obey
  std::size_t pictures = 0;

  bool operator==(const LossTable&) const = default;
};

struct LossOptions {
  // Kinds of thresholds that are measured.
  bool weights = true, activations = true, ranks = true;
  std::vector<double> weight_shares{0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7};
  std::vector<double> activation_shares{0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6};
  // Nats: a level that loses more on the first pictures ends its ladder.
  double most_divergence = 0.3;
  std::size_t screening_pictures = 64;
};

// Kinds that this engine obeys, or with nullopt any engine.
LossOptions loss_options_for(std::optional<KernelKind> engine);

LossTable measured_losses(const IntegerNetwork& network, const Pictures& pictures, const LossOptions& options = {});

// Can the layer leave anything out? Convolutions can, but not the first one.
bool may_have_thresholds(const IntegerNetwork& network, std::size_t layer);

}  // namespace sluice::search
