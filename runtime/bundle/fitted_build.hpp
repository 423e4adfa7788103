// SPDX-License-Identifier: Apache-2.0
// FittedBuild: what the vendor's tools made of a bundle: the clock that they reached, and what they placed.
//
// Why: every rate of a bundle assumes the planned clock; a binary runs at the one that was fitted. The idea: `sluice
// build` leaves a file beside the binary, `<binary>.fit.json`. Whoever opens the bundle with that binary reckons with
// the fitted clock from then on: estimated and simulated rates, and the rows that target-fps chooses. The bundle itself
// stays as it is.
//
// Before: a binary's path. After: figures in their ranges, of a build of this very program.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/bundle/bundle.hpp"

namespace sluice {

// Of the chip that has `all` of them; 0: the report does not say.
struct PlacedResource {
  std::int64_t used = 0, all = 0;

  bool operator==(const PlacedResource&) const = default;
};

struct FittedBuild {
  std::string program;  // the identity kernel's name
  std::string board, sdk_version;
  int seed = 0;
  double planned_clock_mhz = 0;
  double clock_mhz = 0;        // that the binary runs at
  double kernel_fmax_mhz = 0;  // 0: not stated
  PlacedResource alms, ram_blocks, dsp_blocks;
  std::int64_t registers = 0, aluts = 0;

  bool operator==(const FittedBuild&) const = default;
};

std::filesystem::path fitted_build_file(const std::filesystem::path& binary);
std::string fitted_build_to_json(const FittedBuild& build);
Result<FittedBuild> fitted_build_from_json(const std::string& text);

// What stands beside a binary, if anything does. Refused where it is of another program than the bundle's.
Result<std::optional<FittedBuild>> fitted_build_beside(const std::filesystem::path& binary, const Bundle& bundle);

// The bundle with the clock of a binary's build, where that is known; an empty path changes nothing.
Result<Bundle> at_fitted_clock(Bundle bundle, const std::filesystem::path& binary);

}  // namespace sluice
