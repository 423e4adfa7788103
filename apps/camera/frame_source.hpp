// SPDX-License-Identifier: Apache-2.0
// FrameSource: where the demo takes frames from, one after the other.
//
// Why: a webcam, a stream from the network, a video file and a folder of pictures differ in three things only: whether
// they go on by themselves, whether they have an end, and how they come back after a cut. Capture (capture.hpp) deals
// with these three; tests give it a source of their own.
//
// Before: open. After: what next() returns is whole; it is called from one thread.
#pragma once

#include <optional>
#include <string>

#include "runtime/base/status.hpp"
#include "runtime/images/picture.hpp"

namespace sluice::camera {

class FrameSource {
 public:
  virtual ~FrameSource() = default;

  // As the user named it.
  virtual std::string name() const = 0;
  // What the source says of itself; 0: it does not.
  virtual double frames_per_s() const = 0;
  // It goes on by itself, has no end, and may come back after a cut. Others are paced by whoever reads.
  virtual bool is_live() const = 0;
  // The next frame, for which it may wait some seconds; nothing at the end. A failure: the source is cut.
  virtual Result<std::optional<Picture>> next() = 0;
  // From its beginning, or connected again.
  virtual Status restart() = 0;
};

}  // namespace sluice::camera
