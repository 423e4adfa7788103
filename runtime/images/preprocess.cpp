// SPDX-License-Identifier: Apache-2.0
// Implementation of preprocess.hpp.
#include "runtime/images/preprocess.hpp"

#include "runtime/base/errors.hpp"
#include "runtime/images/fit_picture.hpp"

namespace sluice {

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

Preprocessor::Preprocessor(const IntegerNetwork& network)
    : input_(network.input), preprocess_(network.preprocess), pixel_codes_(network) {}

std::vector<std::int16_t> Preprocessor::codes(const FittedPicture& picture) const {
  std::vector<std::int16_t> codes(static_cast<std::size_t>(input_.size()));
  const auto row_codes = static_cast<std::size_t>(input_.width) * static_cast<std::size_t>(input_.channels);
  for (int y = 0; y < input_.height; ++y)
    pixel_codes_.fill(picture.pixels.ptr<std::uint8_t>(y), codes.data() + static_cast<std::size_t>(y) * row_codes);
  return codes;
}

Result<std::vector<std::int16_t>> Preprocessor::codes(const Picture& picture) const {
  const FittedPicture fitted = SLUICE_TRY(fit_picture(picture, input_, preprocess_));
  return codes(fitted);
}

}  // namespace sluice
