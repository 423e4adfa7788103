// SPDX-License-Identifier: Apache-2.0
// Real factors in fixed point (see fixed_point.hpp).
#include "compiler/quantise/fixed_point.hpp"

#include <algorithm>
#include <cmath>

#include "device/contract/numbers.h"
#include "runtime/base/errors.hpp"

namespace sluice {

namespace {

// `round`: how a real multiplier becomes a whole one; it never falls when its argument grows.
template <typename Round>
Result<FixedPoint> with_rounding(const std::vector<double>& factors, Round round) {
  const double largest = *std::max_element(factors.begin(), factors.end());
  FixedPoint result;
  result.shift = SLUICE_SHIFT_MAX;
  while (result.shift >= 1 && round(std::ldexp(largest, result.shift)) > SLUICE_MULTIPLIER_MAX) --result.shift;
  if (result.shift < 1) {
    return user_error(
        "results grow by a factor of {:.3g}, more than a multiplier holds; are the calibration pictures of "
        "the right kind and scaled as the network expects?",
        largest);
  }
  for (const double factor : factors)
    result.multipliers.push_back(static_cast<std::uint16_t>(round(std::ldexp(factor, result.shift))));
  return result;
}

}  // namespace

Result<FixedPoint> fixed_point(const std::vector<double>& factors) {
  return with_rounding(factors, [](double multiplier) { return std::round(multiplier); });
}

Result<FixedPoint> fixed_point_at_least(const std::vector<double>& factors) {
  return with_rounding(factors, [](double multiplier) { return std::max(1.0, std::ceil(multiplier)); });
}

}  // namespace sluice
