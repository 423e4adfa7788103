// SPDX-License-Identifier: Apache-2.0
// level_densities: what the exploration is told of a loss table: every level with its densities and its loss.
//
// Why: a table says what thresholds lose, the exploration needs to know what they save, for every engine that could be
// built. The idea: densities of all layers at one level are measured in one walk over the pictures, each layer reading
// what a network without thresholds gives it. Weights alone and activations alone are levels for the engines that obey
// one of them. Pair-sparse engines obey both: equal steps of both are levels, too. Grouped-prefix engines may take any
// k with any tau_a. The losses of two kinds are added.
//
// Before: menus and a loss table of this network, or an empty one; pictures. After: for each layer its levels, [0]
// without thresholds.
#pragma once

#include "compiler/dse/measured_density.hpp"
#include "compiler/dse/threshold_levels.hpp"
#include "compiler/search/loss_table.hpp"

namespace sluice::search {

// `natural`: densities without thresholds. Levels that lose more than `most_loss` nats are left out.
Result<std::vector<LayerLevels>> level_densities(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                                 const std::vector<LayerDensity>& natural, const LossTable& table,
                                                 double most_loss, const PictureCodes& pictures);

}  // namespace sluice::search
