// SPDX-License-Identifier: Apache-2.0
// One place for a connection, and threads that take it (see bounded_threads.hpp).
#include "apps/camera/bounded_threads.hpp"

#include <utility>

namespace sluice::camera {

BoundedThreads::BoundedThreads(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

void BoundedThreads::enqueue(std::function<void()> serve) {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [this] { return !next_ || is_ending_; });
  next_ = std::move(serve);
  has_work_.notify_one();
}

void BoundedThreads::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] { return next_ || is_ending_; });
    if (!next_) return;  // what was accepted is served, or it would stay open
    const std::function<void()> serve = *std::exchange(next_, std::nullopt);
    has_room_.notify_one();
    lock.unlock();
    serve();
    lock.lock();
  }
}

void BoundedThreads::shutdown() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  has_work_.notify_all();
  has_room_.notify_all();
  for (std::thread& thread : threads_)
    if (thread.joinable()) thread.join();
}

}  // namespace sluice::camera
