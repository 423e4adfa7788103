// SPDX-License-Identifier: Apache-2.0
// A picture turned by its EXIF orientation is what OpenCV's own reader of the note makes of the same file; where it is
// to be ignored, the pixels are as stored. Damaged notes count as none.
#include "runtime/images/exif.hpp"

#include <gtest/gtest.h>
#include <opencv2/imgproc.hpp>

#include "runtime/images/decode.hpp"
#include "runtime/images/fit_picture.hpp"
#include "tests/unit/runtime/images/picture_files.hpp"

namespace sluice {
namespace {

std::string number(std::uint32_t value, int bytes, bool is_big) {
  std::string text(std::size_t(bytes), '\0');
  for (int i = 0; i < bytes; ++i) text[std::size_t(is_big ? bytes - 1 - i : i)] = static_cast<char>(value >> 8 * i);
  return text;
}

// A directory of two entries: the picture's width, then its orientation.
std::string block(std::uint32_t orientation, bool is_big) {
  const auto n = [&](std::uint32_t value, int bytes) { return number(value, bytes, is_big); };
  return std::string(is_big ? "MM" : "II") + n(42, 2) + n(8, 4) + n(2, 2) +  //
         n(0x0100, 2) + n(3, 2) + n(1, 4) + n(640, 2) + n(0, 2) +            //
         n(0x0112, 2) + n(3, 2) + n(1, 4) + n(orientation, 2) + n(0, 2) + n(0, 4);
}

std::string jpeg_with(const std::string& note) {
  const std::string segment = std::string("Exif\0\0", 6) + note;
  std::string bytes = encoded(noise(13, 20, CV_8UC3), ".jpg");
  return bytes.insert(2, std::string("\xFF\xE1") + number(std::uint32_t(segment.size() + 2), 2, true) + segment);
}

std::string png_with(const std::string& note) {
  const std::string chunk = "eXIf" + note;
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
  std::string bytes = encoded(noise(13, 20, CV_8UC3), ".png");
  return bytes.insert(33, big32(std::uint32_t(note.size())) + chunk + big32(static_cast<std::uint32_t>(crc)));
}

cv::Mat by_opencv(const std::string& bytes, int flags) {
  cv::Mat rgb;
  cv::cvtColor(cv::imdecode(std::vector<char>(bytes.begin(), bytes.end()), flags), rgb, cv::COLOR_BGR2RGB);
  return rgb;
}

TEST(Exif, pictures_are_turned_as_opencv_turns_them_or_left_as_stored) {
  for (std::uint32_t orientation = 1; orientation <= 8; ++orientation) {
    for (const bool is_big : {false, true}) {
      for (const std::string& bytes : {jpeg_with(block(orientation, is_big)), png_with(block(orientation, is_big))}) {
        SCOPED_TRACE(orientation);
        const Picture picture = decode_picture(bytes, "a").value();
        const MapShape stored{13, 20, 3}, turned = orientation >= 5 ? MapShape{20, 13, 3} : stored;
        expect_same(fit_picture(picture, turned, {}).value().pixels, by_opencv(bytes, cv::IMREAD_COLOR));
        expect_same(fit_picture(picture, stored, {.applies_exif = false}).value().pixels,
                    by_opencv(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION));
      }
    }
  }
}

TEST(Exif, what_is_no_orientation_leaves_pixels_as_they_are) {
  for (const std::uint32_t orientation : {0u, 9u, 65535u}) EXPECT_EQ(exif_orientation(block(orientation, true)), 1);
  const std::string whole = block(6, false);
  ASSERT_EQ(exif_orientation(whole), 6);
  // Up to the last byte that is needed: the upper one of the orientation.
  for (std::size_t size = 0; size + 6 < whole.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_EQ(exif_orientation(whole.substr(0, size)), 1);
  }
  std::string far = whole;
  far.replace(4, 4, "\xFF\xFF\xFF\xFF");
  EXPECT_EQ(exif_orientation(far), 1);
  EXPECT_EQ(exif_orientation("II"), 1);
  EXPECT_TRUE(decode_picture(jpeg_with("II"), "short"));
}

}  // namespace
}  // namespace sluice
