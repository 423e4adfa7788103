// SPDX-License-Identifier: Apache-2.0
// Decoded pixels are RGB or grey, 8 bits; whatever is wrong with a file becomes a sentence that names it.
#include "runtime/images/decode.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <opencv2/imgproc.hpp>

#include "tests/unit/runtime/images/picture_files.hpp"
#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(Decode, colour_is_rgb) {
  const cv::Mat blue_green_red(2, 3, CV_8UC3, cv::Scalar(10, 20, 30));
  const Picture picture = decode_picture(encoded(blue_green_red, ".png"), "a.png").value();
  expect_same(pixels_of(picture), cv::Mat(2, 3, CV_8UC3, cv::Scalar(30, 20, 10)));
}

TEST(Decode, grey_stays_grey) {
  for (const char* extension : {".png", ".bmp", ".pgm"}) {
    const cv::Mat grey = noise(9, 11, CV_8UC1);
    expect_same(pixels_of(decode_picture(encoded(grey, extension), "a").value()), grey);
  }
  EXPECT_EQ(decode_picture(encoded(noise(9, 11, CV_8UC1), ".jpg"), "a").value().channels, 1);
}

TEST(Decode, sixteen_bits_keep_their_upper_byte) {
  const cv::Mat deep(3, 4, CV_16UC1, cv::Scalar(0x4321));
  expect_same(pixels_of(decode_picture(encoded(deep, ".png"), "a").value()), cv::Mat(3, 4, CV_8UC1, cv::Scalar(0x43)));
  EXPECT_EQ(pixels_of(decode_picture(encoded(noise(3, 4, CV_16UC3), ".png"), "a").value()).type(), CV_8UC3);
  EXPECT_EQ(pixels_of(decode_picture(encoded(deep, ".pgm"), "a").value()).type(), CV_8UC1);
}

TEST(Decode, alpha_is_dropped_and_the_colour_under_it_stands) {
  const cv::Mat transparent(2, 2, CV_8UC4, cv::Scalar(10, 20, 30, 0));
  expect_same(pixels_of(decode_picture(encoded(transparent, ".png"), "a").value()),
              cv::Mat(2, 2, CV_8UC3, cv::Scalar(30, 20, 10)));
}

TEST(Decode, truncated_pictures_are_errors_not_grey_halves) {
  for (const char* extension : {".jpg", ".png", ".bmp", ".webp", ".ppm"}) {
    const std::string whole = encoded(noise(64, 64, CV_8UC3), extension);
    const Result<Picture> half = decode_picture(whole.substr(0, whole.size() / 2), "half");
    ASSERT_FALSE(half) << extension;
    EXPECT_EQ(half.error().fault(), Fault::user);
    EXPECT_THAT(half.error().text(), AllOf(StartsWith("half: "), HasSubstr("cut short"))) << extension;
  }
}

TEST(Decode, png_with_too_little_data_in_valid_chunks_is_damaged) {
  // A correct file in every chunk, but made for half the height.
  std::string bytes = encoded(noise(16, 16, CV_8UC3), ".png");
  bytes.replace(20, 4, big32(32));
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(bytes.data() + 12), 17);
  bytes.replace(29, 4, big32(static_cast<std::uint32_t>(crc)));
  const Result<Picture> picture = decode_picture(bytes, "short.png");
  ASSERT_FALSE(picture);
  EXPECT_THAT(picture.error().text(), HasSubstr("short.png: the picture is damaged"));
}

TEST(Decode, damaged_bytes_never_crash) {
  const unsigned seed = 77;
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const char* extension : {".jpg", ".png", ".bmp", ".webp", ".ppm"}) {
    const std::string whole = encoded(noise(24, 24, CV_8UC3), extension);
    for (int round = 0; round < 200; ++round) {
      std::string bytes = whole;
      for (unsigned i = 0; i < 1 + random() % 4; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
      const Result<Picture> picture = decode_picture(bytes, "damaged");
      if (picture) {
        EXPECT_TRUE(pixels_of(picture.value()).type() == CV_8UC1 || pixels_of(picture.value()).type() == CV_8UC3);
      } else {
        EXPECT_THAT(picture.error().text(), StartsWith("damaged: "));
      }
    }
  }
}

TEST(Decode, files_are_named) {
  const TemporaryFolder folder;
  EXPECT_THAT(load_picture(folder / "absent.jpg").error().text(), HasSubstr("absent.jpg: no such file"));
  EXPECT_THAT(load_picture(folder.write("note.jpg", "hello")).error().text(),
              HasSubstr("note.jpg: this is not a picture"));
  EXPECT_THAT(load_picture(folder.write("empty.jpg", "")).error().text(), HasSubstr("empty.jpg: the file is empty"));
  EXPECT_EQ(load_picture(folder.path()).error().fault(), Fault::user);
}

TEST(Decode, pipes_do_not_block) {
  const TemporaryFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe.jpg").c_str(), 0600), 0);
  EXPECT_THAT(load_picture(folder / "pipe.jpg").error().text(), HasSubstr("is a FIFO"));
}

}  // namespace
}  // namespace sluice
