// SPDX-License-Identifier: Apache-2.0
// Implementation of preprocess.hpp.
#include "runtime/images/preprocess.hpp"

#include <algorithm>

#include <opencv2/imgproc.hpp>

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
  const int type = picture.pixels.type();
  if (picture.pixels.empty() || (type != CV_8UC1 && type != CV_8UC3))
    return bug_error("a Picture that is neither 8-bit grey nor RGB");
  try {
    const cv::Mat part = SLUICE_TRY(fitted(picture.pixels, input, preprocess.resize_short_side));
    return FittedPicture{recoloured(part, input.channels, preprocess.is_bgr)};
  } catch (const cv::Exception& problem) {
    return world_error("scaling a picture of {} x {} failed: {}", picture.width(), picture.height(), problem.err);
  }
}

Result<std::vector<float>> preprocess_float(const FittedPicture& picture, const Preprocess& preprocess) {
  const cv::Mat& pixels = picture.pixels;
  const auto channels = static_cast<std::size_t>(pixels.channels());
  if (preprocess.mean.size() != channels || preprocess.deviation.size() != channels) {
    return bug_error("mean and deviation do not have one entry per channel");
  }
  const auto height = static_cast<std::size_t>(pixels.rows), width = static_cast<std::size_t>(pixels.cols);
  const std::size_t plane = height * width;
  std::vector<float> tensor(plane * channels);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* row = pixels.ptr<std::uint8_t>(static_cast<int>(y));
    for (std::size_t i = 0; i < width * channels; ++i) {
      const std::size_t c = i % channels;
      tensor[c * plane + y * width + i / channels] =
          static_cast<float>((row[i] - preprocess.mean[c]) / preprocess.deviation[c]);
    }
  }
  return tensor;
}

Result<std::vector<float>> preprocess_float(const Picture& picture, const MapShape& input,
                                            const Preprocess& preprocess) {
  const FittedPicture fitted = SLUICE_TRY(fit_picture(picture, input, preprocess));
  return preprocess_float(fitted, preprocess);
}

Preprocessor::Preprocessor(const IntegerNetwork& network) : input_(network.input), preprocess_(network.preprocess) {
  for (int c = 0; c < input_.channels; ++c) table_.push_back(pixel_table(network, c));
}

std::vector<std::int16_t> Preprocessor::codes(const FittedPicture& picture) const {
  std::vector<std::int16_t> codes(static_cast<std::size_t>(input_.size()));
  std::int16_t* to = codes.data();
  for (int y = 0; y < input_.height; ++y) {
    const std::uint8_t* row = picture.pixels.ptr<std::uint8_t>(y);
    for (int x = 0; x < input_.width; ++x) {
      for (int c = 0; c < input_.channels; ++c) *to++ = table_[static_cast<std::size_t>(c)][*row++];
    }
  }
  return codes;
}

Result<std::vector<std::int16_t>> Preprocessor::codes(const Picture& picture) const {
  const FittedPicture fitted = SLUICE_TRY(fit_picture(picture, input_, preprocess_));
  return codes(fitted);
}

}  // namespace sluice
