// SPDX-License-Identifier: Apache-2.0
// The running average (see running_average.hpp).
#include "runtime/observe/running_average.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

void RunningAverage::add(double value) {
  ++count_;
  if (count_ == 1) {
    fast_ = slow_ = last_ = value;
    return;
  }
  // The first values weigh alike: a plain mean until an exponential one has seen as many.
  const double of_count = 1.0 / static_cast<double>(count_);
  const double fast = std::max(kFast, of_count), slow = std::max(kSlow, of_count);
  const double difference = value - last_;
  variance_ += slow * (0.5 * difference * difference - variance_);
  last_ = value;
  slow_ += slow * (value - slow_);
  fast_ += fast * (value - fast_);
}

bool RunningAverage::is_changing() const {
  return count_ >= kLeast && std::fabs(fast_ - slow_) > kBand * std::sqrt(variance_ * kFast / (2 - kFast));
}

}  // namespace sluice
