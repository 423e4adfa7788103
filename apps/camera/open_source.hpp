// SPDX-License-Identifier: Apache-2.0
// open_source: a FrameSource from what a user types.
//
//   0, 1, /dev/video0      a camera of this machine
//   rtsp://..., http://... a stream; the schemes of kSchemes alone, because FFmpeg knows some that read local files
//   clip.mp4               a video file, told by its name
//   anything else          pictures, as every other verb takes them: folder, list, IDX, CIFAR-10
//
// Why kinds are told apart here: OpenCV guesses. A file whose name has a per cent sign becomes a series of pictures, a
// text with an exclamation mark a pipeline of programs. So each kind is opened by one reader of OpenCV's, by name.
//
// Before: any text. After: an open source that has given its first frame; or a sentence: what was tried, what to try.
#pragma once

#include <memory>

#include "apps/camera/frame_source.hpp"

namespace sluice::camera {

enum class SourceKind { camera, stream, video, pictures };

Result<SourceKind> source_kind(const std::string& text);

struct SourceOptions {
  double frames_per_s = 0;  // at which pictures and videos are shown; 0: as the video says, 30 for pictures
};

Result<std::unique_ptr<FrameSource>> open_source(const std::string& text, const SourceOptions& options = {});

}  // namespace sluice::camera
