// SPDX-License-Identifier: Apache-2.0
// Window: the live run on this machine's own display.
//
// Why: beside a camera there is often a display, and a browser is one program more. OpenCV's window shows the frame
// with the labels, rates and the row under it. Keys: 0 to 9 take a row, t holds the rate again, q or Escape ends.
//
// Whether there is a display is tried in a child process: the window's library ends the process where it finds none.
//
// Before: has_display(), asked before other threads run. After: the window is closed with the object.
#pragma once

#include <chrono>
#include <memory>

#include "apps/camera/live_run.hpp"
#include "apps/camera/video_library.hpp"

namespace sluice::camera {

bool has_display();

class Window {
 public:
  static Result<std::unique_ptr<Window>> open(LiveRun& run);
  ~Window();

  // Draws what is new and obeys keys, from the thread that made it. False: it was closed.
  bool show(const Snapshot& now);

 private:
  Window(LiveRun& run, const VideoLibrary& library) : run_(run), library_(library), policy_(run.policy()) {}
  void obey(int key);

  LiveRun& run_;
  const VideoLibrary& library_;
  const PolicyOptions policy_;  // that of the start
  std::optional<std::uint64_t> shown_;
  std::chrono::steady_clock::time_point drawn_at_;
  std::string told_;
};

}  // namespace sluice::camera
