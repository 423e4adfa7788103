// SPDX-License-Identifier: Apache-2.0
// Page's two sums (see change_detector.hpp).
#include "runtime/observe/change_detector.hpp"

#include <algorithm>

namespace sluice {

bool ChangeDetector::Sum::add(double value, double excess) {
  sum = std::max(0.0, sum + excess);
  if (sum == 0) {
    *this = {};
    return false;
  }
  values_sum += value;
  ++values;
  return sum > kLimit;
}

bool ChangeDetector::add(double value, double deviations) {
  const double z = std::clamp(deviations, -kFarthest, kFarthest);
  const bool is_up = up_.add(value, z - kSlack), is_down = down_.add(value, -z - kSlack);
  if (!is_up && !is_down) return false;
  const Sum& sum = is_up ? up_ : down_;
  change_ = {sum.values_sum / static_cast<double>(sum.values), sum.values};
  restart();
  return true;
}

void ChangeDetector::restart() {
  up_ = {};
  down_ = {};
}

}  // namespace sluice
