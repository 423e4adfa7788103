// SPDX-License-Identifier: Apache-2.0
// trial_design: the design whose layers may leave out what a trial allows.
//
// Why: a trial is costed without what neighbours need between them; whatever is judged by rows is explored and built in
// full. What the trial leaves out costs nothing here: its loss was measured, all layers together.
//
// Before: menus and levels of the network; allowances that the trial explorer found a design for. After: a design
// within the budget, whose layers have levels of `levels`; or NoDesign.
#pragma once

#include "compiler/dse/network_design.hpp"
#include "compiler/target/target.hpp"

namespace sluice::search {

// `natural_share`: as ExploreGoal::natural_share.
DesignResult<NetworkDesign> trial_design(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                         const std::vector<LayerLevels>& levels, const Target& target,
                                         const std::vector<Allowance>& allowances, double natural_share);

// The share with which a design of so many cycles has a densest row of at most `most_natural`.
double densest_share(double interval, double most_natural);

}  // namespace sluice::search
