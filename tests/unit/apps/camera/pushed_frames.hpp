// SPDX-License-Identifier: Apache-2.0
// PushedFrames: a FrameSource whose frames, cuts and end come when a test says so.
//
// Before: nothing. After end() or cut() every waiting next() has returned, so a Capture over it can stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "apps/camera/frame_source.hpp"
#include "runtime/base/errors.hpp"

namespace sluice::test {

// 8 x 8 x 3, all pixels of one shade.
inline Picture shaded_picture(std::uint8_t shade) {
  constexpr int kSide = 8, kChannels = 3;
  auto pixels = std::make_shared<std::uint8_t[]>(kSide * kSide * kChannels);
  std::fill_n(pixels.get(), kSide * kSide * kChannels, shade);
  return {kSide, kSide, kChannels, pixels};
}

// Until it is true; false after ten seconds.
template <typename Condition>
bool becomes(Condition condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

// What the test holds; the source that shares it goes to whoever captures.
class PushedFrames {
 public:
  void push(std::uint8_t shade) { add({Kind::frame, shade}); }
  void cut() { add({Kind::cut, 0}); }
  void end() { add({Kind::end, 0}); }
  // So many attempts to connect again fail from now on.
  void fail_restarts(int times) {
    const std::lock_guard lock(mutex_);
    failing_restarts_ = times;
  }
  int restarts() const {
    const std::lock_guard lock(mutex_);
    return restarts_;
  }

  std::unique_ptr<camera::FrameSource> source(bool is_live, double frames_per_s = 0);

 private:
  enum class Kind { frame, cut, end };
  struct Event {
    Kind kind;
    std::uint8_t shade;
  };
  class Source;

  void add(Event event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> events_;
  int restarts_ = 0, failing_restarts_ = 0;
};

class PushedFrames::Source final : public camera::FrameSource {
 public:
  Source(PushedFrames& from, bool is_live, double frames_per_s)
      : from_(from), is_live_(is_live), frames_per_s_(frames_per_s) {}

  std::string name() const override { return "pushed"; }
  double frames_per_s() const override { return frames_per_s_; }
  bool is_live() const override { return is_live_; }

  Result<std::optional<Picture>> next() override {
    std::unique_lock lock(from_.mutex_);
    from_.changed_.wait(lock, [this] { return !from_.events_.empty(); });
    const Event event = from_.events_.front();
    from_.events_.pop_front();
    if (event.kind == Kind::cut) return world_error("pushed: cut");
    if (event.kind == Kind::end) return std::optional<Picture>();
    return std::optional<Picture>(shaded_picture(event.shade));
  }

  Status restart() override {
    const std::lock_guard lock(from_.mutex_);
    ++from_.restarts_;
    if (from_.failing_restarts_ == 0) return ok();
    --from_.failing_restarts_;
    return world_error("pushed: nobody there");
  }

 private:
  PushedFrames& from_;
  const bool is_live_;
  const double frames_per_s_;
};

inline std::unique_ptr<camera::FrameSource> PushedFrames::source(bool is_live, double frames_per_s) {
  return std::make_unique<Source>(*this, is_live, frames_per_s);
}

}  // namespace sluice::test
