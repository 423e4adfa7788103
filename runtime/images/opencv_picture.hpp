// SPDX-License-Identifier: Apache-2.0
// A Picture as OpenCV's matrix and back, both without copying pixels where that can be.
//
// Not public: programs that have no OpenCV never see it.
#pragma once

#include <opencv2/core/mat.hpp>

#include "runtime/images/picture.hpp"

namespace sluice {

// Before: none. After: 8-bit, one or three channels, over the picture's own memory, which the picture must outlive;
// only for reading. Empty where the picture is no picture (no pixels, or other than one or three channels).
cv::Mat mat_of(const Picture& picture);

// The same, turned as the picture's orientation says; new memory unless that is 1.
cv::Mat upright(const Picture& picture);

// Before: CV_8UC1 or CV_8UC3. After: the picture keeps the matrix's memory alive; a matrix with gaps is copied.
Picture picture_of(const cv::Mat& mat);

}  // namespace sluice
