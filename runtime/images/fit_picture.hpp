// SPDX-License-Identifier: Apache-2.0
// Steps 1 and 2 of preprocess.hpp: a decoded picture in the size and colours that the network reads.
//
// Not public: it speaks in OpenCV's matrices. Before and after: see preprocess.hpp.
#pragma once

#include <opencv2/core/mat.hpp>

#include "runtime/base/status.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/images/picture.hpp"

namespace sluice {

// 8-bit pixels of exactly the input's height, width and channels, in the network's colour order. A type of its own, so
// that nobody fits a picture twice.
struct FittedPicture {
  cv::Mat pixels;
  std::shared_ptr<const std::uint8_t[]> memory;  // of the picture, which `pixels` may be over
};

Result<FittedPicture> fit_picture(const Picture& picture, const MapShape& input, const Preprocess& preprocess);

}  // namespace sluice
