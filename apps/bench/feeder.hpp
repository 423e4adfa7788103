// SPDX-License-Identifier: Apache-2.0
// Feeder: images into a device and out of it, on the clock that counts (see run_scenario.hpp).
//
// Why: the loops of the scenarios differ in when they submit and collect, and in nothing else. Before: the device is
// open and empty. After: images entered are numbered from 0, and each has come back in order or the run has failed.
// One thread may submit while one other collects.
#pragma once

#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>

#include "apps/bench/run_scenario.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::bench {

using std::chrono::nanoseconds;

class Feeder {
 public:
  // Collected at `at`; `in_device` is from when it entered.
  struct Done {
    nanoseconds at{0}, in_device{0};
  };

  // `inputs`: sent in turn, over and over.
  explicit Feeder(Device& device, const std::vector<Codes>* inputs = nullptr)
      : device_(device), inputs_(inputs), capacity_(device.capacity()), is_simulated_(device.info().is_simulated()) {}

  bool is_simulated() const { return is_simulated_; }
  std::size_t inside() const {
    const std::lock_guard lock(mutex_);
    return entered_.size();
  }
  bool is_full() const { return inside() == capacity_; }
  std::size_t capacity() const { return capacity_; }

  // Of a simulated device: when the last image left, or was offered.
  nanoseconds now() const { return is_simulated_ ? device_now_ : Clock::now() - begin_; }

  Status submit(nanoseconds offered_at) { return submit((*inputs_)[submitted_ % inputs_->size()], offered_at); }
  Status submit(Codes codes, nanoseconds offered_at) {
    if (is_simulated_) device_now_ = std::max(device_now_, offered_at);
    {
      const std::lock_guard lock(mutex_);
      entered_.push_back(now());
    }
    return device_.submit({submitted_++, 0, std::move(codes), offered_at});
  }

  Result<Done> collect() {
    ImageScores scores = SLUICE_TRY(device_.collect());
    if (scores.image_id != collected_++)
      return bug_error(fmt::format("image {} came back where {} was due", scores.image_id, collected_ - 1));
    if (is_simulated_) device_now_ = std::max(device_now_, scores.completed_at);
    nanoseconds entered;
    {
      const std::lock_guard lock(mutex_);
      entered = entered_.front();
      entered_.pop_front();
    }
    const Done done = is_simulated_ ? Done{scores.completed_at, scores.device_time} : Done{now(), now() - entered};
    if (!scores.counters.empty() && observed_.size() < kMostObserved) {
      scores.scores.clear();
      observed_.push_back(std::move(scores));
    }
    return done;
  }

  Status drain() {
    while (inside() > 0) SLUICE_CHECK(collect());
    return ok();
  }

  std::vector<ImageScores> observed() { return std::exchange(observed_, {}); }

 private:
  using Clock = std::chrono::steady_clock;

  Device& device_;
  const std::vector<Codes>* inputs_;
  const std::size_t capacity_;
  const bool is_simulated_;
  const Clock::time_point begin_ = Clock::now();
  nanoseconds device_now_{0};  // of a simulated device, which one thread feeds and empties
  std::uint64_t submitted_ = 0, collected_ = 0;
  mutable std::mutex mutex_;         // guards entered_
  std::deque<nanoseconds> entered_;  // when each image inside was submitted, oldest first
  std::vector<ImageScores> observed_;
};

}  // namespace sluice::bench
