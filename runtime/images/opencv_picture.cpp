// SPDX-License-Identifier: Apache-2.0
// Implementation of opencv_picture.hpp: one side's memory under the other's head.
#include "runtime/images/opencv_picture.hpp"

namespace sluice {

cv::Mat mat_of(const Picture& picture) {
  if (picture.pixels == nullptr || (picture.channels != 1 && picture.channels != 3)) return {};
  // OpenCV has no matrix of constant memory.
  return cv::Mat(picture.height, picture.width, CV_8UC(picture.channels),
                 const_cast<std::uint8_t*>(picture.pixels.get()));
}

Picture picture_of(const cv::Mat& mat) {
  auto kept = std::make_shared<const cv::Mat>(mat.isContinuous() ? mat : mat.clone());
  const std::uint8_t* bytes = kept->data;
  return {mat.rows, mat.cols, mat.channels(), std::shared_ptr<const std::uint8_t[]>(std::move(kept), bytes)};
}

}  // namespace sluice
