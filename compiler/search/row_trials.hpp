// SPDX-License-Identifier: Apache-2.0
// row_trials: looks for better rows than the exact allocations, which think that losses add up.
//
// Why: they add up only nearly. The errors of some layers cancel, those of others meet in one class. The idea: one
// study (sampler/tpe_sampler.hpp) of two objectives, cycles and measured divergence, whose variables are the layers'
// options and whose starting points are the rows. Each proposal changes a few layers of a trial on the front. Cycles
// follow from the options, so a trial costs one measurement of the loss; and no more of that than shows that something
// known is as fast and diverges less (racing_meter.hpp).
//
// Before: options and meter of one design; a measured front whose picks are options of it, rows marked. After: the
// trials that were measured whole, none of them a starting point. The same seed and number of trials, the same points,
// also after a kill (journals), unless the time was over.
#pragma once

#include "compiler/search/racing_meter.hpp"
#include "compiler/search/row_search.hpp"
#include "compiler/search/study.hpp"

namespace sluice::search {

Result<std::vector<FrontPoint>> row_trials(const DesignOptions& options, RacingMeter& meter,
                                           const std::vector<FrontPoint>& front, const TrialOptions& trials);

}  // namespace sluice::search
