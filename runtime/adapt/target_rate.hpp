// SPDX-License-Identifier: Apache-2.0
// TargetRate: the most accurate row that holds a rate, in 99 of 100 windows of images.
//
// Why: images scatter, so a row whose mean rate is just the target misses it in every second window of images. The idea
// is arithmetic of means. With s the scatter of one image and w images in a window, a window's rate lies 2.33 s /
// sqrt(w) below the row's in one of 100 (normal quantile), so a row holds the target when
//
//   rate >= safe = target * (1 + 2.33 s / sqrt(w))
//
// and its rate is known up to an error that shrinks with every image under it:
//
//   the running row is left    when rate + 2 errors < safe
//   a more accurate is taken   when rate - 1 error >= safe; soon after a change of the pictures without that error,
//   since
//                              little is known of any row then, and a trial tells most
//   a row that was left        is not tried again for 4,000 images, the next time 16,000 and so on, until the pictures
//                              change
//
// So a steady stream keeps its row. Where no row is safe, the fastest is taken, and probes become rare, because they
// cost rate.
#pragma once

#include <vector>

#include "runtime/adapt/row_policy.hpp"

namespace sluice {

class TargetRate final : public RowPolicy {
 public:
  TargetRate(double target_images_per_s, std::uint64_t window_images, std::size_t rows)
      : target_(target_images_per_s), window_images_(window_images), left_(rows) {}

  Choice choose(const Situation& now) override;

 private:
  struct Left {
    std::uint64_t until = 0;  // this image it is not tried again
    int times = 0;
  };

  static constexpr double kOneOfHundred = 2.33, kLeaveErrors = 2, kEnterErrors = 1;
  static constexpr std::uint64_t kTrialImages = 1500;  // after a change, in which rows are tried
  static constexpr std::uint64_t kFirstPause = 4000;
  static constexpr int kMostPauses = 6;

  const double target_;
  const std::uint64_t window_images_;
  std::vector<Left> left_;
  std::uint64_t changes_ = 0;
};

}  // namespace sluice
