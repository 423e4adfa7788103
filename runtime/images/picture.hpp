// SPDX-License-Identifier: Apache-2.0
// Picture: one decoded picture on its way from a file or a camera to the network.
//
// Before: produced by decode_picture(), an ImageSet or a live source. After: `pixels` is not empty and is either
// CV_8UC1 (grey) or CV_8UC3 in the order R, G, B; consumers index without checks. cv::Mat shares its memory between
// copies, so a Picture is cheap to hand on; nobody writes into one that came from somebody else.
#pragma once

#include <cstdint>

#include <opencv2/core/mat.hpp>

namespace sluice {

struct Picture {
  cv::Mat pixels;

  int height() const { return pixels.rows; }
  int width() const { return pixels.cols; }
  int channels() const { return pixels.channels(); }
};

// Pictures above this are refused before any memory is taken: a 30 kB file can claim to be 4 gigapixels.
inline constexpr std::int64_t kMaxPicturePixels = 100'000'000;

}  // namespace sluice
