// SPDX-License-Identifier: Apache-2.0
// LoadOnly: a policy that sees the rate and nothing else, to compare ours with.
//
// Why: published run-time adaptation mostly switches on load. The idea is the usual one: one row faster when the rate
// of the last window missed the target, one row more accurate when it was kHeadroom above it.
#pragma once

#include "runtime/adapt/row_policy.hpp"

namespace sluice::test {

class LoadOnly final : public RowPolicy {
 public:
  LoadOnly(double target_images_per_s, std::uint64_t window_images, std::uint64_t period_images)
      : target_(target_images_per_s), window_decisions_(window_images / period_images) {}

  Choice choose(const Situation& now) override;

 private:
  static constexpr double kHeadroom = 1.05;  // about a step of the table

  const double target_;
  const std::uint64_t window_decisions_;
  std::uint64_t decisions_ = 0;
  double seconds_ = 0;  // for one image of each decision's stretch
};

}  // namespace sluice::test
