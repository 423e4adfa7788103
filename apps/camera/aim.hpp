// SPDX-License-Identifier: Apache-2.0
// Aim: the rate that the demo is to hold, and for how many cameras one camera stands.
//
// Why: one camera gives 30 frames a second, and a design classifies tens of thousands; nothing would ever have to give
// way. So the camera stands for N equal ones, and the rate to hold is N times its own. The usual N puts that rate
// half-way between those of the densest and the fastest row, where light and lens decide which row holds it. The two
// rates come from the simulated device and the bundle's golden pictures, so that they are known before the first frame.
//
// Before: a bundle and what the user asked for. After: a target, or a sentence that says why no row can give way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/adapt/policy.hpp"
#include "runtime/bundle/bundle.hpp"

namespace sluice::camera {

// Of a row on the golden pictures, simulated; the table's estimate where the bundle has no such pictures.
Result<double> simulated_rate(const Bundle& bundle, std::uint32_t row);

struct RateRange {
  double densest_images_per_s = 0, fastest_images_per_s = 0;  // densest: row 0
};
Result<RateRange> simulated_range(const Bundle& bundle);

// How many cameras of this rate together need about half-way between; at least 1.
std::uint64_t usual_streams(const RateRange& range, double camera_frames_per_s);

struct Wish {
  PolicyOptions policy;                  // as the command line gives it; a target of 0: none was given
  bool is_policy_given = false;          // by the user, by name
  std::optional<std::uint64_t> streams;  // as given
  double camera_frames_per_s = 0;        // as the camera says; 0: it does not
};

struct Aim {
  PolicyOptions policy;
  RateRange range;                 // zeros where no rate can be held
  double streams = 1;              // cameras for which this one stands
  double camera_frames_per_s = 0;  // that the target was reckoned with
  std::string why_fixed;           // why no row can give way; empty: one can
};

// Refuses streams beside a target, and streams without a policy that holds a rate.
Result<Aim> aim_of(const Bundle& bundle, const DeviceInfo& device, const Wish& wish);

}  // namespace sluice::camera
