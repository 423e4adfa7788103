// SPDX-License-Identifier: Apache-2.0
// Real factors in fixed point (see fixed_point.hpp).
#include "compiler/quantise/fixed_point.hpp"

#include <algorithm>
#include <cmath>

#include "device/contract/numbers.h"

namespace sluice {

Result<FixedPoint> fixed_point(const std::vector<double>& factors) {
  const double largest = *std::max_element(factors.begin(), factors.end());
  FixedPoint result;
  result.shift = SLUICE_SHIFT_MAX;
  while (result.shift >= 1 && std::round(std::ldexp(largest, result.shift)) > SLUICE_MULTIPLIER_MAX) --result.shift;
  if (result.shift < 1) {
    return user_error("results grow by a factor of {:.3g}, more than a multiplier holds; are the calibration pictures of "
                      "the right kind and scaled as the network expects?", largest);
  }
  for (const double factor : factors) {
    result.multipliers.push_back(static_cast<std::uint16_t>(std::round(std::ldexp(factor, result.shift))));
  }
  return result;
}

}  // namespace sluice
