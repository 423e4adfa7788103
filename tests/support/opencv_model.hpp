// SPDX-License-Identifier: Apache-2.0
// An ONNX file as OpenCV DNN can read it.
//
// Why: OpenCV 4.6 (Debian 12) reads the bounds of Clip only as attributes, as they were before opset 11, no inputs left
// out by an empty name, no tensors of half precision, and no open sizes where shapes are computed from them. The same
// network is written in the form it reads; what it computes is not touched, and no code of Sluice takes part.
// Before: a sound file. After: OpenCV's own importer has read it, or has thrown cv::Exception.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <opencv2/dnn.hpp>

namespace sluice::testing {

// `input_dims` fixes the picture's shape where the file leaves it open.
cv::dnn::Net read_opencv_model(const std::filesystem::path& file, const std::vector<std::int64_t>& input_dims = {});

}  // namespace sluice::testing
