// SPDX-License-Identifier: Apache-2.0
// Pictures and files made by the tests of runtime/images.
#pragma once

#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>
#include <opencv2/imgcodecs.hpp>

#include "runtime/images/opencv_picture.hpp"

namespace sluice {

// Random pixels of an OpenCV type; smooth enough that JPEG keeps its size ordinary.
inline cv::Mat noise(int height, int width, int type, unsigned seed = 1) {
  cv::Mat pixels(height, width, type);
  cv::theRNG().state = seed;
  cv::randu(pixels, 0, CV_MAT_DEPTH(type) == CV_16U ? 65536 : 256);
  return pixels;
}

// Encoded file content; `extension` with its dot chooses the format.
inline std::string encoded(const cv::Mat& pixels, const std::string& extension, const std::vector<int>& options = {}) {
  std::vector<unsigned char> bytes;
  cv::imencode(extension, pixels, bytes, options);
  return std::string(bytes.begin(), bytes.end());
}

// The picture's pixels in memory of their own.
inline cv::Mat pixels_of(const Picture& picture) { return mat_of(picture).clone(); }

inline std::string gzipped(const std::string& plain) {
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(packed.size() - stream.avail_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string big32(std::uint32_t value) {
  return {static_cast<char>(value >> 24), static_cast<char>(value >> 16), static_cast<char>(value >> 8),
          static_cast<char>(value)};
}

// IDX files of `count` pictures whose pixel i of picture n is (n * 7 + i) mod 256 and whose label is n mod 10.
inline std::string idx_images(int count, int rows, int columns) {
  std::string bytes = big32(0x803) + big32(count) + big32(rows) + big32(columns);
  for (int n = 0; n < count; ++n) {
    for (int i = 0; i < rows * columns; ++i) bytes += static_cast<char>(n * 7 + i);
  }
  return bytes;
}

inline std::string idx_labels(int count) {
  std::string bytes = big32(0x801) + big32(count);
  for (int n = 0; n < count; ++n) bytes += static_cast<char>(n % 10);
  return bytes;
}

// Exactly the same pixels.
inline void expect_same(const cv::Mat& left, const cv::Mat& right) {
  ASSERT_EQ(left.type(), right.type());
  ASSERT_EQ(left.size(), right.size());
  EXPECT_EQ(cv::norm(left, right, cv::NORM_INF), 0);
}

}  // namespace sluice
