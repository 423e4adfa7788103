// SPDX-License-Identifier: Apache-2.0
// Capture: a thread that reads a FrameSource and keeps the newest frame.
//
// Why: a camera does not wait. Whoever asks for a frame wants the one of now, not the one of two seconds ago. So there
// is room for one frame; a newer one takes its place, and what was replaced before anybody took it is counted as
// dropped. A file or folder is paced: its frames come at their rate, as a camera's would.
//
// A live source that is cut is connected again after a pause, which doubles from attempt to attempt. Everything that
// happened is counted: captured = taken + dropped + the one that waits.
//
// Before: an open source. After stop(), or the destructor: the thread has ended, at the latest when the source's own
// patience has.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "apps/camera/frame_source.hpp"

namespace sluice::camera {

struct Frame {
  Picture picture;
  std::uint64_t number = 0;  // among all that were captured, from 0
  std::chrono::steady_clock::time_point captured_at;
};

struct CaptureOptions {
  bool is_looped = false;         // a source that has an end begins again
  std::uint64_t most_frames = 0;  // then it ends; 0: no end but the source's
  std::chrono::milliseconds first_pause{500}, longest_pause{8000};
  int most_attempts = 12;  // to connect again, in a row
};

enum class CaptureState { running, reconnecting, ended };

struct CaptureCounts {
  CaptureState state = CaptureState::running;
  std::uint64_t captured = 0, taken = 0, dropped = 0;
  std::uint64_t cuts = 0;        // of a live source
  double frames_per_s = 0;       // measured over the last frames; 0: not known, or none come
  double mean_frames_per_s = 0;  // since the first, cuts included
  std::string trouble;           // while reconnecting: what happened last
};

class Capture {
 public:
  Capture(std::unique_ptr<FrameSource> source, CaptureOptions options);
  ~Capture();

  // The newest frame that was not taken yet, for which it waits so long; nothing where none came or none will.
  std::optional<Frame> take(std::chrono::milliseconds patience);
  // The newest frame, taken or not; nothing before the first.
  std::optional<Frame> newest() const;
  // No frame will come any more.
  bool has_ended() const;
  // What ended it, where that was neither the source's end nor stop().
  Status status() const;
  CaptureCounts counts() const;
  void stop();

 private:
  using Clock = std::chrono::steady_clock;

  void run(const std::stop_token& stop);
  bool reconnect(const std::stop_token& stop, Error cut);
  bool put(Picture picture);
  void pause(const std::stop_token& stop, Clock::time_point until);
  void end(Status status);

  const std::unique_ptr<FrameSource> source_;
  const CaptureOptions options_;
  mutable std::mutex mutex_;  // guards all of this paragraph
  std::condition_variable_any changed_;
  std::optional<Frame> newest_;
  bool is_newest_taken_ = true;
  CaptureCounts counts_;
  Status status_;
  std::deque<Clock::time_point> times_;  // of the last frames
  Clock::time_point first_time_;

  std::jthread thread_;
};

}  // namespace sluice::camera
