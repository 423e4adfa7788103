// SPDX-License-Identifier: Apache-2.0
// An ONNX file as OpenCV DNN can read it.
//
// Why: OpenCV 4.6 (Debian 12) reads the bounds of Clip only as attributes, as they were before opset 11; later files
// give them as inputs. They are moved; nothing else is changed.
#pragma once

#include <filesystem>

#include <opencv2/dnn.hpp>

namespace sluice::perf {

cv::dnn::Net read_opencv_model(const std::filesystem::path& file);

}  // namespace sluice::perf
