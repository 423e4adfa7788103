// SPDX-License-Identifier: Apache-2.0
// Real factors as unsigned 16-bit multipliers over one power of two.
//
// Before: every factor is at least 0. After: factor = multiplier / 2^shift, the largest shift with which all of them
// fit.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/status.hpp"

namespace sluice {

struct FixedPoint {
  std::vector<std::uint16_t> multipliers;
  int shift = 0;
};

// Each multiplier the nearest one.
Result<FixedPoint> fixed_point(const std::vector<double>& factors);
// Each multiplier the least that is not below its factor, and at least 1.
Result<FixedPoint> fixed_point_at_least(const std::vector<double>& factors);

}  // namespace sluice
