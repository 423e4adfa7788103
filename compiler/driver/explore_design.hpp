// SPDX-License-Identifier: Apache-2.0
// explore_design: what the exploration chooses for a target, from pictures.
//
// Why a second design: the exploration estimates, and an estimate does not know how long layers wait for each other.
// Where the best design mixes engines, the best of dense ones alone is kept too, so that whoever simulates both can
// take the faster.
//
// Before: an integer network, codes of calibration pictures. After: designs within the target, and what was weighed for
// them (sluice inspect --explain).
#pragma once

#include <optional>
#include <string>

#include "compiler/dse/measured_density.hpp"
#include "compiler/dse/network_design.hpp"
#include "compiler/target/target.hpp"

namespace sluice {

struct Explored {
  std::vector<LayerMenu> menus;
  std::vector<LayerDensity> densities;
  NetworkDesign design;
  std::optional<NetworkDesign>
      dense;  // at the highest rate and with a free choice of engines, where `design` has others
};

// `engine`: auto, or the one that is allowed besides dense. `target_interval` 0: the highest rate.
Result<Explored> explore_design(const IntegerNetwork& network, const PictureCodes& pictures, const Target& target,
                                const std::string& engine, double target_interval);

}  // namespace sluice
