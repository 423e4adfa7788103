// SPDX-License-Identifier: Apache-2.0
// KnownDevice: a device whose times are known beforehand, on a clock of its own.
//
// Why: percentiles of a real device cannot be checked against anything. The idea: one worker; the image with number i
// takes service(i), drawn from a seeded distribution that the test draws, too. It begins when the image was offered,
// when there is room, and when the image before it is done, whichever comes last.
//
// Before: nothing. After: the contract of Device, of a simulated one.
#pragma once

#include <deque>
#include <optional>
#include <random>
#include <vector>

#include "runtime/base/errors.hpp"
#include "runtime/hal/device.hpp"

namespace sluice::test {

// 0.5 to 1.5 ms, one image in 20 up to 4 ms longer.
class KnownTimes {
 public:
  explicit KnownTimes(std::uint64_t seed) : random_(seed) {}
  std::chrono::nanoseconds of(std::size_t image) {
    while (times_.size() <= image) {
      const std::uint64_t draw = random_();
      times_.emplace_back(500'000 + draw % 1'000'000 + (draw >> 40) % 20 / 19 * ((draw >> 20) % 4'000'000));
    }
    return times_[image];
  }

 private:
  std::mt19937_64 random_;
  std::vector<std::chrono::nanoseconds> times_;
};

class KnownDevice final : public Device {
 public:
  KnownDevice(std::uint64_t seed, std::size_t capacity, std::optional<std::size_t> failing_image = {})
      : times_(seed), capacity_(capacity), failing_image_(failing_image) {}

  DeviceInfo info() const override { return {"known", "times that the test knows", "simulated"}; }
  std::size_t capacity() const override { return capacity_; }

  Status submit(ImageTask task) override {
    if (inside_.size() == capacity_) return bug_error("submitted to a full device");
    inside_.push_back(std::move(task));
    return ok();
  }

  Result<ImageScores> collect() override {
    if (inside_.empty()) return bug_error("nothing inside");
    if (failing_image_ == left_.size()) return world_error("the device is gone");
    const ImageTask task = std::move(inside_.front());
    inside_.pop_front();
    const std::size_t i = left_.size();
    const std::chrono::nanoseconds room = i < capacity_ ? std::chrono::nanoseconds(0) : left_[i - capacity_];
    const std::chrono::nanoseconds entered = std::max(task.offered_at, room);
    left_.push_back(std::max(entered, i == 0 ? entered : left_.back()) + times_.of(i));
    return ImageScores{task.image_id, task.row_id, {1}, left_.back() - entered, left_.back(), {}};
  }

  std::vector<KernelTime> kernel_times() const override { return {}; }

  const std::vector<std::chrono::nanoseconds>& left() const { return left_; }

 private:
  KnownTimes times_;
  const std::size_t capacity_;
  const std::optional<std::size_t> failing_image_;
  std::deque<ImageTask> inside_;
  std::vector<std::chrono::nanoseconds> left_;
};

}  // namespace sluice::test
