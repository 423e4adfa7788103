// SPDX-License-Identifier: Apache-2.0
// ShareAtTarget: how much of a stream was at its target rate, in windows of the size that the policy looks at.
//
// Why: "did it hold?" is the first question to a stream that was asked to hold a rate, and a mean says yes where a slow
// half and a fast half follow each other. The idea: windows of so many images, one after the other; a window is at the
// target when its images took no longer than so many at the target rate, on the device's clock.
//
// Before: completions in order. After: whole windows are counted; the first image only starts the clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

class ShareAtTarget {
 public:
  ShareAtTarget(double target_images_per_s, std::uint64_t window_images)
      : most_seconds_(static_cast<double>(window_images) / target_images_per_s), window_images_(window_images) {}

  void add(std::chrono::nanoseconds completed_at) {
    if (images_++ == 0) begin_ = completed_at;
    if (images_ <= window_images_) return;
    ++windows_;
    held_ += std::chrono::duration<double>(completed_at - begin_).count() <= most_seconds_;
    begin_ = completed_at;
    images_ = 1;
  }

  std::uint64_t windows() const { return windows_; }
  std::uint64_t held() const { return held_; }

 private:
  const double most_seconds_;
  const std::uint64_t window_images_;
  std::uint64_t images_ = 0;  // of this window, and the one that it is measured from
  std::uint64_t windows_ = 0, held_ = 0;
  std::chrono::nanoseconds begin_{0};
};

}  // namespace sluice
