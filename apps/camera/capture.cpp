// SPDX-License-Identifier: Apache-2.0
// The thread and the one place (see capture.hpp).
#include "apps/camera/capture.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/errors.hpp"
#include "runtime/base/exceptions.hpp"

namespace sluice::camera {
namespace {

constexpr std::size_t kRateFrames = 64;  // whose times tell the rate

std::chrono::nanoseconds period_of(const FrameSource& source) {
  const double rate = source.is_live() ? 0 : source.frames_per_s();
  return std::chrono::nanoseconds(rate > 0 ? std::llround(1e9 / rate) : 0);
}

}  // namespace

Capture::Capture(std::unique_ptr<FrameSource> source, CaptureOptions options)
    : source_(std::move(source)), options_(options), thread_([this](const std::stop_token& stop) {
        try {
          run(stop);
        } catch (...) {
          end(caught_error("reading frames"));
        }
      }) {}

Capture::~Capture() { stop(); }

void Capture::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Capture::run(const std::stop_token& stop) {
  const std::chrono::nanoseconds period = period_of(*source_);
  Clock::time_point due = Clock::now();
  while (!stop.stop_requested()) {
    Result<std::optional<Picture>> next = source_->next();
    if (!next && !source_->is_live()) return end(std::move(next).error());
    if (!next) {
      if (!reconnect(stop, std::move(next).error())) return;
      continue;
    }
    if (!next.value().has_value()) {
      if (!options_.is_looped) break;
      if (Status status = source_->restart(); !status) return end(std::move(status));
      continue;
    }
    pause(stop, due);
    // One that took too long to read shifts those after it; it does not make them hurry.
    due = std::max(due + period, Clock::now());
    if (!put(std::move(*next.value()))) break;
  }
  end(ok());
}

// False: it ends.
bool Capture::reconnect(const std::stop_token& stop, Error cut) {
  std::chrono::milliseconds wait = options_.first_pause;
  {
    const std::lock_guard lock(mutex_);
    ++counts_.cuts;
    counts_.state = CaptureState::reconnecting;
    counts_.trouble = cut.text();
    times_.clear();
  }
  for (int attempt = 0; attempt < options_.most_attempts; ++attempt) {
    pause(stop, Clock::now() + wait);
    if (stop.stop_requested()) {
      end(ok());
      return false;
    }
    wait = std::min(2 * wait, options_.longest_pause);
    const Status status = source_->restart();
    const std::lock_guard lock(mutex_);
    if (status) {
      counts_.state = CaptureState::running;
      counts_.trouble.clear();
      return true;
    }
    counts_.trouble = status.error().text();
  }
  end(world_error("{}; it was tried {} times to connect again, the last time: {}", cut.text(), options_.most_attempts,
                  counts().trouble));
  return false;
}

// False: it was the last one wanted.
bool Capture::put(Picture picture) {
  const std::lock_guard lock(mutex_);
  if (!is_newest_taken_) ++counts_.dropped;
  newest_ = Frame{std::move(picture), counts_.captured++, Clock::now()};
  if (newest_->number == 0) first_time_ = newest_->captured_at;
  is_newest_taken_ = false;
  times_.push_back(newest_->captured_at);
  if (times_.size() > kRateFrames) times_.pop_front();
  changed_.notify_all();
  return options_.most_frames == 0 || counts_.captured < options_.most_frames;
}

void Capture::pause(const std::stop_token& stop, Clock::time_point until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, stop, until, [] { return false; });
}

void Capture::end(Status status) {
  const std::lock_guard lock(mutex_);
  counts_.state = CaptureState::ended;
  status_ = std::move(status);
  changed_.notify_all();
}

std::optional<Frame> Capture::take(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [this] { return !is_newest_taken_ || counts_.state == CaptureState::ended; });
  if (is_newest_taken_) return std::nullopt;
  is_newest_taken_ = true;
  ++counts_.taken;
  return newest_;
}

std::optional<Frame> Capture::newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

bool Capture::has_ended() const {
  const std::lock_guard lock(mutex_);
  return counts_.state == CaptureState::ended && is_newest_taken_;
}

Status Capture::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

CaptureCounts Capture::counts() const {
  const std::lock_guard lock(mutex_);
  CaptureCounts now = counts_;
  if (now.captured > 1) {
    const double span = std::chrono::duration<double>(newest_->captured_at - first_time_).count();
    now.mean_frames_per_s = static_cast<double>(now.captured - 1) / std::max(span, 1e-9);
  }
  // Where none came for longer than twice the usual, the rate has fallen by now.
  if (times_.size() >= 2) {
    const double usual =
        std::chrono::duration<double>(times_.back() - times_.front()).count() / static_cast<double>(times_.size() - 1);
    const double silent = std::chrono::duration<double>(Clock::now() - times_.back()).count();
    now.frames_per_s = 1 / std::max({usual, silent / 2, 1e-9});
  }
  if (now.state == CaptureState::ended) now.frames_per_s = 0;
  return now;
}

}  // namespace sluice::camera
