// SPDX-License-Identifier: Apache-2.0
// Picture: one decoded picture on its way from a file or a camera to the network.
//
// Why: plain memory, so that a program that feeds pictures needs no picture library of ours. opencv_picture.hpp turns a
// Picture into a cv::Mat and back where this folder and the programs calculate.
//
// Before: produced by decode_picture(), an ImageSet or a live source. After: `pixels` holds height * width * channels
// bytes, row by row without gaps, one channel (grey) or three in the order R, G, B; consumers index without checks.
// Copies share the memory, so a Picture is cheap to hand on; nobody writes into one that came from somebody else.
#pragma once

#include <cstdint>
#include <memory>

namespace sluice {

struct Picture {
  int height = 0;
  int width = 0;
  int channels = 0;
  std::shared_ptr<const std::uint8_t[]> pixels;
  int orientation = 1;  // EXIF's number: how these pixels must be turned to be seen upright; 1: not at all
};

// Pictures above this are refused before any memory is taken: a 30 kB file can claim to be 4 gigapixels.
inline constexpr std::int64_t kMaxPicturePixels = 100'000'000;

}  // namespace sluice
