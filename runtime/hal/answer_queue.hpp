// SPDX-License-Identifier: Apache-2.0
// AnswerQueue: the images inside a device that computes each one on this machine, oldest first, with the answer to
// come.
//
// Why: the devices `cpu` and `sim` start a computation in submit() and wait for the oldest in collect(). What the
// contract of device.hpp asks of them besides is the same: who is admitted, the order, and a failure that stays.
//
// The idea: an answer is a future, which an exception may fill. The exception becomes the device's first failure when
// its image is the oldest, so that images before it still leave, rightly and in order.
//
// Before: one thread admits and pushes while one other waits and pops. After: a failure is reported by everything.
#pragma once

#include <deque>
#include <future>
#include <memory>
#include <mutex>

#include "runtime/base/errors.hpp"
#include "runtime/hal/admission.hpp"
#include "runtime/hal/failure_latch.hpp"

namespace sluice {

template <typename Answer>
class AnswerQueue {
 public:
  using Future = std::shared_future<std::shared_ptr<const Answer>>;

  struct Image {
    std::uint64_t image_id = 0;
    std::uint32_t row_id = 0;
    std::chrono::nanoseconds submitted{0};  // on the device's clock
    Future future;
    std::shared_ptr<const Answer> answer;  // there once oldest() has returned it
  };

  explicit AnswerQueue(const Admission& admission) : admission_(admission) {}

  std::size_t capacity() const { return admission_.capacity(); }

  // Whether this image may be pushed. A refused one has left no trace.
  Status check(const ImageTask& task) const {
    SLUICE_CHECK(failure_.status());
    SLUICE_CHECK(admission_.check(task));
    const std::lock_guard lock(mutex_);
    return admission_.check_room(images_.size());
  }

  void push(Image image) {
    const std::lock_guard lock(mutex_);
    images_.push_back(std::move(image));
  }

  // Waits for the oldest image's answer. The image stays inside, and holds its place, until pop().
  Result<Image> oldest() {
    SLUICE_CHECK(failure_.status());
    Image image;
    {
      const std::lock_guard lock(mutex_);
      SLUICE_CHECK(Admission::check_inside(images_.size()));
      image = images_.front();
    }
    try {
      image.answer = image.future.get();
    } catch (const std::exception& problem) {
      failure_.set(world_error("image {}: computing it failed: {}", image.image_id, problem.what()));
      return failure_.status().error();
    }
    return image;
  }

  void pop() {
    const std::lock_guard lock(mutex_);
    images_.pop_front();
  }

 private:
  const Admission admission_;
  FailureLatch failure_;
  mutable std::mutex mutex_;  // guards images_
  std::deque<Image> images_;
};

}  // namespace sluice
