// SPDX-License-Identifier: Apache-2.0
// Shrinks, turns R, G, B around, encodes (see frame_jpeg.hpp).
#include "apps/camera/frame_jpeg.hpp"

#include <algorithm>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "runtime/images/opencv_picture.hpp"

namespace sluice::camera {

std::shared_ptr<const std::string> FrameJpeg::of(const Frame& frame) {
  const std::lock_guard lock(mutex_);
  if (bytes_ && number_ == frame.number) return bytes_;
  const cv::Mat pixels = mat_of(frame.picture);
  cv::Mat shown = pixels;
  if (const int side = std::max(pixels.cols, pixels.rows); side > kMostSide) {
    const double scale = static_cast<double>(kMostSide) / side;
    cv::resize(pixels, shown, cv::Size(), scale, scale, cv::INTER_AREA);
  }
  cv::Mat ordered = shown;
  if (shown.channels() == 3) cv::cvtColor(shown, ordered, cv::COLOR_RGB2BGR);
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".jpg", ordered, bytes, {cv::IMWRITE_JPEG_QUALITY, kQuality})) return nullptr;
  number_ = frame.number;
  bytes_ = std::make_shared<const std::string>(bytes.begin(), bytes.end());
  return bytes_;
}

}  // namespace sluice::camera
