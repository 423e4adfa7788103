// SPDX-License-Identifier: Apache-2.0
// From a decoded picture to what the network reads: integer codes for the device, floats for the reference.
//
// Why one place: a pixel of difference in cropping or rounding between calibration, float reference and device would
// look like a loss of the quantised network. All three share fit_picture(), which is not public; after it only numbers
// differ.
//
// The geometry, in this order:
//   0. applies_exif: the pixels are turned as the picture's EXIF orientation says.
//   1. resize_short_side > 0: scale so that the shorter side has that length (or more, if the input would not fit into
//      the picture otherwise), the longer side floor(long * short' / short) as in torchvision; then cut the input's
//      size from the middle, the offset floor((size - input) / 2). ImageNet's usual rule is 256 and 224.
//      resize_short_side == 0: stretch to the input's size.
//      cv::INTER_AREA when neither side grows, else cv::INTER_LINEAR; a picture that has the size already is not
//      touched.
//   2. colour: grey to three equal channels; colour to grey by ITU-R 601 luma as cv::COLOR_RGB2GRAY rounds it; order
//      R, G, B or B, G, R as the network says.
//   3. numbers: code = pixel_table(network, channel)[pixel] (pixel_codes.hpp), or (pixel - mean) / deviation as float.
//
// Before: the network has 1 or 3 input channels and Preprocess as validate() demands. Thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/picture.hpp"
#include "runtime/images/pixel_codes.hpp"

namespace sluice {

struct FittedPicture;  // after steps 1 and 2: fit_picture.hpp

// Float tensor in NCHW order (N = 1).
Result<std::vector<float>> preprocess_float(const FittedPicture& picture, const Preprocess& preprocess);
Result<std::vector<float>> preprocess_float(const Picture& picture, const MapShape& input,
                                            const Preprocess& preprocess);

// Input codes in NHWC order. Holds the codes of one network's pixels, so one is made per network and not per picture.
class Preprocessor {
 public:
  explicit Preprocessor(const IntegerNetwork& network);

  std::vector<std::int16_t> codes(const FittedPicture& picture) const;
  Result<std::vector<std::int16_t>> codes(const Picture& picture) const;

 private:
  MapShape input_;
  Preprocess preprocess_;
  PixelCodes pixel_codes_;
};

}  // namespace sluice
