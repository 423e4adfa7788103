// SPDX-License-Identifier: Apache-2.0
// simulate_golden: a short simulation of the bundle's own golden pictures: how full streams get, what waits for what.
//
// Why: a bundle says how deep its streams are, not how full. The pictures it carries are enough for a look, without any
// file of the user's; `sluice simulate` with many pictures says it exactly.
//
// Before: an open bundle; a row of its table. After: what a simulation reports, of at least two measured pictures; or a
// sentence that names the golden file that is wrong.
#pragma once

#include "runtime/bundle/bundle.hpp"
#include "runtime/simulate/simulation.hpp"

namespace sluice::page {

// Pictures that fill the pipeline, and those that are measured.
inline constexpr std::size_t kFillingPictures = 2, kMeasuredPictures = 4;

Result<simulate::SimulationReport> simulate_golden(const Bundle& bundle, std::size_t row);

}  // namespace sluice::page
