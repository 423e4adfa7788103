// SPDX-License-Identifier: Apache-2.0
// Cameras, streams and video files as frames, through OpenCV's readers.
//
// Why one reader for each: cameras by Video4Linux, all else by FFmpeg, never by what OpenCV would guess from a name
// (open_source.hpp). Opening and reading a stream is bounded by kPatience, so that a camera that is gone is noticed.
//
// Before: a name. After: an open source whose first frame was read; a failure names the source, what was tried, and
// what to try.
#pragma once

#include <chrono>
#include <memory>

#include "apps/camera/frame_source.hpp"

namespace sluice::camera {

inline constexpr std::chrono::milliseconds kPatience{5000};

Result<std::unique_ptr<FrameSource>> open_camera(int number);
Result<std::unique_ptr<FrameSource>> open_stream(const std::string& url);
// `frames_per_s` 0: as the file says.
Result<std::unique_ptr<FrameSource>> open_video(const std::string& file, double frames_per_s);

}  // namespace sluice::camera
