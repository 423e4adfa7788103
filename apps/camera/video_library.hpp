// SPDX-License-Identifier: Apache-2.0
// VideoLibrary: OpenCV's readers of video and its windows, loaded when they are needed.
//
// Why: FFmpeg, GStreamer, Qt and what they need are 250 libraries. A program that is linked with them takes twice the
// time to start and 120 MB more of address space, in every verb. So what the demo uses of them is a table of functions
// in a library of its own, libsluice_video.so, which is loaded beside the program when a video or a window is opened.
//
// Before: nothing. After video_library(): the functions, for as long as the process lives; or a sentence that names the
// library that is missing.
#pragma once

#include <memory>
#include <string>

#include <opencv2/core/mat.hpp>

#include "runtime/base/status.hpp"

namespace sluice::camera {

// cv::VideoCapture with one reader for each kind. Any function may throw cv::Exception.
class VideoReader {
 public:
  virtual ~VideoReader() = default;
  // By Video4Linux.
  virtual bool open_camera(int number) = 0;
  // By FFmpeg; opening and each read end after that time.
  virtual bool open(const std::string& location, int patience_ms) = 0;
  virtual double frames_per_s() = 0;  // as the source says, whatever it says
  virtual bool read(cv::Mat& frame) = 0;
};

struct VideoLibrary {
  std::unique_ptr<VideoReader> (*new_reader)();
  // One window, of one thread.
  void (*open_window)(const std::string& name);
  void (*show)(const std::string& name, const cv::Mat& picture);
  int (*wait_key)(int milliseconds);  // below 0: none was pressed
  bool (*is_window_open)(const std::string& name);
  void (*close_windows)();
};

Result<const VideoLibrary*> video_library();

}  // namespace sluice::camera

// Defined by video_functions.cpp. A program that is linked with that source needs no library beside it.
extern "C" __attribute__((weak, visibility("default"))) const sluice::camera::VideoLibrary* sluice_video_library();
