// SPDX-License-Identifier: Apache-2.0
// The functions of VideoLibrary, on OpenCV's videoio and highgui (see video_library.hpp).
//
// Why one reader for each kind: OpenCV guesses from a name, and what it guesses may be a series of pictures or a
// pipeline of programs. What goes wrong is said by us, in a sentence, not by the libraries on standard error.
#include <cstdlib>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/highgui.hpp>
#include <opencv2/videoio.hpp>

#include "apps/camera/video_library.hpp"

namespace sluice::camera {
namespace {

class OpenCvReader final : public VideoReader {
 public:
  bool open_camera(int number) override {
    video_.release();
    return video_.open(number, cv::CAP_V4L2);
  }

  bool open(const std::string& location, int patience_ms) override {
    video_.release();
    return video_.open(location, cv::CAP_FFMPEG,
                       {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, patience_ms, cv::CAP_PROP_READ_TIMEOUT_MSEC, patience_ms});
  }

  double frames_per_s() override { return video_.get(cv::CAP_PROP_FPS); }
  bool read(cv::Mat& frame) override { return video_.read(frame); }

 private:
  cv::VideoCapture video_;
};

const VideoLibrary kLibrary{
    [] { return std::unique_ptr<VideoReader>(std::make_unique<OpenCvReader>()); },
    [](const std::string& name) { cv::namedWindow(name, cv::WINDOW_AUTOSIZE | cv::WINDOW_GUI_NORMAL); },
    [](const std::string& name, const cv::Mat& picture) { cv::imshow(name, picture); },
    [](int milliseconds) { return cv::waitKey(milliseconds); },
    [](const std::string& name) { return cv::getWindowProperty(name, cv::WND_PROP_VISIBLE) > 0; },
    [] { cv::destroyAllWindows(); },
};

}  // namespace
}  // namespace sluice::camera

const sluice::camera::VideoLibrary* sluice_video_library() {
  setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return &sluice::camera::kLibrary;
}
