// SPDX-License-Identifier: Apache-2.0
// Implementation of fit_picture.hpp by OpenCV's resampling and colour conversion; its exceptions end here.
#include "runtime/images/fit_picture.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

#include "runtime/base/errors.hpp"
#include "runtime/images/opencv_picture.hpp"

namespace sluice {
namespace {

cv::Mat resized(const cv::Mat& from, int height, int width) {
  if (from.rows == height && from.cols == width) return from;
  const bool shrinks = height <= from.rows && width <= from.cols;
  cv::Mat to;
  cv::resize(from, to, cv::Size(width, height), 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
  return to;
}

// Step 1: the part of the picture that the network sees, in the picture's own colours.
Result<cv::Mat> fitted(const cv::Mat& from, const MapShape& input, int resize_short_side) {
  if (resize_short_side == 0) return resized(from, input.height, input.width);
  const std::int64_t rows = from.rows;
  const std::int64_t columns = from.cols;
  const std::int64_t shorter = std::min(rows, columns);
  // The smallest short side whose picture holds the input in both directions, rounded up.
  const auto needed = [shorter](std::int64_t wanted, std::int64_t side) {
    return (wanted * shorter + side - 1) / side;
  };
  const std::int64_t target =
      std::max<std::int64_t>({resize_short_side, needed(input.height, rows), needed(input.width, columns)});
  // A strip of 1 x 1,000,000 pixels at a short side of 256 would not fit into memory, and shows nothing.
  if (target * (std::max(rows, columns) * target / shorter) > kMaxPicturePixels) {
    return user_error("a picture of {} x {} is too narrow for a network that scales the short side to {}", columns,
                      rows, target);
  }
  const int height = static_cast<int>(rows * target / shorter);
  const int width = static_cast<int>(columns * target / shorter);
  const cv::Mat whole = resized(from, height, width);
  const cv::Rect middle((width - input.width) / 2, (height - input.height) / 2, input.width, input.height);
  return whole(middle);
}

cv::Mat recoloured(const cv::Mat& from, int channels, bool is_bgr) {
  cv::Mat to;
  if (from.channels() == channels) {
    if (channels == 1 || !is_bgr) return from;
    cv::cvtColor(from, to, cv::COLOR_RGB2BGR);
  } else {
    cv::cvtColor(from, to, channels == 1 ? cv::COLOR_RGB2GRAY : cv::COLOR_GRAY2RGB);
  }
  return to;
}

}  // namespace

Result<FittedPicture> fit_picture(const Picture& picture, const MapShape& input, const Preprocess& preprocess) {
  if (input.channels != 1 && input.channels != 3) {
    return user_error("the network reads {} channels; pictures have 1 (grey) or 3 (colour)", input.channels);
  }
  const cv::Mat whole = preprocess.applies_exif ? upright(picture) : mat_of(picture);
  if (whole.empty()) return bug_error("a Picture that is neither 8-bit grey nor RGB");
  try {
    const cv::Mat part = SLUICE_TRY(fitted(whole, input, preprocess.resize_short_side));
    return FittedPicture{recoloured(part, input.channels, preprocess.is_bgr), picture.pixels};
  } catch (const cv::Exception& problem) {
    return world_error("scaling a picture of {} x {} failed: {}", picture.width, picture.height, problem.err);
  }
}

}  // namespace sluice
