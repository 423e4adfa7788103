// SPDX-License-Identifier: Apache-2.0
// Accuracy with intervals: what may be said after counting right answers on n pictures.
//
// Why: "88.1 %" of 1,000 pictures is anything from 86 to 90; a loss of 0.3 points between two runs on the *same*
// pictures can nevertheless be sure. Both intervals are at 95 % (z = 1.96).
//   Wilson score interval for one proportion (E. B. Wilson, 1927).
//   Paired difference of two proportions from the discordant pairs (Wald with the variance of McNemar's table).
#pragma once

#include <cmath>
#include <cstdint>

namespace sluice {

struct Interval {
  double value = 0;
  double low = 0;
  double high = 0;
};

// Share of `right` among `count`; all three in 0..1. count > 0.
inline Interval wilson(std::int64_t right, std::int64_t count) {
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(count), p = static_cast<double>(right) / n;
  const double middle = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  return {p, std::fmax(0.0, middle - half), std::fmin(1.0, middle + half)};
}

// Share of A minus share of B on the same pictures. `only_a`: pictures right in A and wrong in B; `only_b` the reverse.
inline Interval paired_difference(std::int64_t only_a, std::int64_t only_b, std::int64_t count) {
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(count), a = static_cast<double>(only_a), b = static_cast<double>(only_b);
  const double difference = (a - b) / n;
  const double half = z * std::sqrt(std::fmax(0.0, a + b - (a - b) * (a - b) / n)) / n;
  return {difference, difference - half, difference + half};
}

}  // namespace sluice
