// SPDX-License-Identifier: Apache-2.0
// explore_design: the hardware that is chosen for a target, from pictures and what thresholds lose.
//
// Why a second design: the exploration estimates, and an estimate does not know how long layers wait for each other.
// Where the best design mixes engines, the best of dense ones alone is kept too, so that whoever simulates both can
// compare.
//
// Before: an integer network, codes of calibration pictures, a loss table and a meter of it. After: designs within the
// target, and what was weighed for them (sluice inspect --explain).
#pragma once

#include <optional>
#include <string>

#include "compiler/driver/plan_state.hpp"
#include "compiler/search/hardware_search.hpp"

namespace sluice {

inline constexpr std::size_t kDensityImages = 48;  // pictures whose zeros the exploration is told

// What is explored: ways of each layer, and what its thresholds save and lose.
struct MeasuredMenus {
  std::vector<LayerMenu> menus;
  std::vector<LayerLevels> levels;
  std::vector<LayerDensity> densities;  // without thresholds
};

// `engine`: auto, or the one that is allowed besides dense. `most_points`: of loss; 0: no thresholds.
Result<MeasuredMenus> measured_menus(const IntegerNetwork& network, const PictureCodes& pictures,
                                     const Sensitivity& sensitivity, const Target& target, const std::string& engine,
                                     double most_points);

// options.is_free is set here.
Result<search::HardwareSearch> explore_design(const IntegerNetwork& network, const MeasuredMenus& measured,
                                              const Sensitivity& sensitivity, const Target& target,
                                              const std::string& engine, search::HardwareOptions options,
                                              const search::HardwareTrials& trials);

}  // namespace sluice
