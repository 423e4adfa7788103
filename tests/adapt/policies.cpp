// SPDX-License-Identifier: Apache-2.0
// A policy to compare with (see policies.hpp).
#include "tests/adapt/policies.hpp"

#include <algorithm>

namespace sluice::test {

Choice LoadOnly::choose(const Situation& now) {
  if (now.realised_images_per_s > 0) {
    seconds_ += 1 / now.realised_images_per_s;
    ++decisions_;
  }
  if (decisions_ < window_decisions_) return {now.row, "measuring"};
  const double rate = static_cast<double>(decisions_) / seconds_;
  decisions_ = 0;
  seconds_ = 0;
  const auto at = std::find(now.by_accuracy.begin(), now.by_accuracy.end(), now.row);
  if (rate < target_ && at + 1 != now.by_accuracy.end()) return {*(at + 1), "the rate misses the target"};
  if (rate >= target_ * kHeadroom && at != now.by_accuracy.begin()) return {*(at - 1), "the rate is above the target"};
  return {now.row, "holds"};
}

}  // namespace sluice::test
