// SPDX-License-Identifier: Apache-2.0
// FrameJpeg: the newest frame as JPEG, encoded once however many look at it.
//
// Why: encoding takes longer than classifying a small picture. It is done when somebody asks, on the thread of who
// asks, and kept until there is a newer frame. Frames wider or higher than kMostSide are made smaller.
//
// Before: frames of three channels or one. After: the bytes of a JPEG, shared.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "apps/camera/capture.hpp"

namespace sluice::camera {

class FrameJpeg {
 public:
  static constexpr int kMostSide = 960, kQuality = 80;

  // Null where OpenCV cannot encode it.
  std::shared_ptr<const std::string> of(const Frame& frame);

 private:
  std::mutex mutex_;
  std::uint64_t number_ = 0;
  std::shared_ptr<const std::string> bytes_;
};

}  // namespace sluice::camera
