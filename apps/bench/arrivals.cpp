// SPDX-License-Identifier: Apache-2.0
// The exponential gaps (see arrivals.hpp).
#include "apps/bench/arrivals.hpp"

#include <cmath>

namespace sluice::bench {

std::chrono::nanoseconds Arrivals::next() {
  constexpr int kMantissa = 53;
  const double u = std::ldexp(static_cast<double>(random_() >> (64 - kMantissa)), -kMantissa);  // 0 <= u < 1
  seconds_ -= std::log1p(-u) / rate_per_s_;
  return std::chrono::nanoseconds(static_cast<std::int64_t>(1e9 * seconds_));
}

}  // namespace sluice::bench
