// SPDX-License-Identifier: Apache-2.0
// RoundingShares: which layer's rounding costs a network its accuracy, each layer alone and all but it.
//
// Why: errors of maps (layer_errors.hpp) grow from layer to layer and say where they are seen, not where they are made.
// The idea: the float network runs with one layer rounded as the integer network rounds it, weights to their codes and
// the map to its own, and the rest in float. The divergence of class probabilities is that layer's. Then the reverse:
// every layer rounded but this one. Where the first is small and the second hardly below that of all, a layer is
// innocent; where they differ from layer to layer, that is where more bits pay.
//
// Before: graph in normal form, the network quantised from it. After: one entry per picture or layer that rounds.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/image_set.hpp"

namespace sluice {

struct RoundingShare {
  std::string layer;   // "picture" for the network's input
  double alone = 0;    // mean divergence from float over pictures, nats, with this layer rounded
  double without = 0;  // with all others rounded
};

struct RoundingShares {
  double all = 0;  // with every layer rounded
  std::vector<RoundingShare> layers;
};

Result<RoundingShares> rounding_shares(const ir::Graph& graph, const IntegerNetwork& network, const ImageSet& images);

}  // namespace sluice
