// SPDX-License-Identifier: Apache-2.0
// Densities of a network's layers, measured on pictures: what the exploration is fed with.
//
// Why: what an engine skips depends on where the zeros lie, not on their share alone. The idea: let the counters' own
// model (runtime/evaluate/counters) walk the pictures through designs made for the question, and keep its vectors as
// histograms: live codes of each beat of M (activation_sparse, grouped_prefix), and for pair_sparse the most live pairs
// of the filters that run in lock step, for each number O of them. Weights are counted from the codes.
//
// Before: valid network; codes of pictures; thresholds one per layer, or empty. After: one LayerDensity a layer. The
// same pictures, the same answer.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/dse/layer_menu.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

struct DensityOptions {
  std::size_t list_pictures = 48;  // whose windows are counted
  std::size_t pair_pictures = 8;   // whose pairs are: every pair of every O is looked at; 0: none
  // Each layer as if it alone had thresholds: it reads what a network without any gives it.
  bool is_each_alone = false;
};

using PictureCodes = std::vector<std::vector<std::int16_t>>;

// `menus` say which beats and, for pair_sparse, which vectors are asked about.
Result<std::vector<LayerDensity>> measured_densities(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                     const PictureCodes& pictures,
                                                     const std::vector<Thresholds>& thresholds = {},
                                                     const DensityOptions& options = {});

// Where nothing is measured: pictures dense, `behind_relu` of the codes that a clamp at 0 lets through, weights as they
// are.
std::vector<LayerDensity> assumed_densities(const IntegerNetwork& network, double behind_relu);

}  // namespace sluice
