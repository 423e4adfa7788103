// SPDX-License-Identifier: Apache-2.0
// Implementation of opencv_picture.hpp: one side's memory under the other's head.
#include "runtime/images/opencv_picture.hpp"

#include <opencv2/core.hpp>

namespace sluice {

cv::Mat mat_of(const Picture& picture) {
  if (picture.pixels == nullptr || (picture.channels != 1 && picture.channels != 3)) return {};
  // OpenCV has no matrix of constant memory.
  return cv::Mat(picture.height, picture.width, CV_8UC(picture.channels),
                 const_cast<std::uint8_t*>(picture.pixels.get()));
}

cv::Mat upright(const Picture& picture) {
  constexpr int kAroundRow = 0, kAroundColumn = 1, kBoth = -1;  // cv::flip's codes
  const cv::Mat stored = mat_of(picture);
  if (stored.empty() || picture.orientation <= 1) return stored;
  cv::Mat turned;
  // From 5 on, rows and columns change places first.
  if (picture.orientation >= 5)
    cv::transpose(stored, turned);
  else
    turned = stored.clone();
  switch (picture.orientation) {
    case 2:
    case 6:
      cv::flip(turned, turned, kAroundColumn);
      break;
    case 3:
    case 7:
      cv::flip(turned, turned, kBoth);
      break;
    case 4:
    case 8:
      cv::flip(turned, turned, kAroundRow);
      break;
    default:
      break;
  }
  return turned;
}

Picture picture_of(const cv::Mat& mat) {
  auto kept = std::make_shared<const cv::Mat>(mat.isContinuous() ? mat : mat.clone());
  const std::uint8_t* bytes = kept->data;
  return {mat.rows, mat.cols, mat.channels(), std::shared_ptr<const std::uint8_t[]>(std::move(kept), bytes)};
}

}  // namespace sluice
