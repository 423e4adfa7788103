// SPDX-License-Identifier: Apache-2.0
// Preprocessing against loops written straight from its definition, over random pictures, sizes and networks.
#include "runtime/images/preprocess.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <opencv2/imgproc.hpp>

#include "runtime/images/fit_picture.hpp"
#include "tests/unit/runtime/images/picture_files.hpp"

namespace sluice {
namespace {

IntegerNetwork network(MapShape input, Preprocess preprocess, double scale = 1.0 / 64, int bits = 8) {
  IntegerNetwork made;
  made.input = input;
  made.input_bits = bits;
  made.input_scale = scale;
  made.preprocess = std::move(preprocess);
  return made;
}

// The pixel of the network's channel c, from an already fitted picture.
double naive_pixel(const cv::Mat& fitted, int y, int x, int c, const IntegerNetwork& n) {
  const int from = fitted.channels();
  const int to = n.input.channels;
  const unsigned char* p = fitted.ptr(y) + x * from;
  if (from == 1) return p[0];
  if (to == 3) return p[n.preprocess.is_bgr ? 2 - c : c];
  // ITU-R 601 in 15 fractional bits, as OpenCV 4 computes 8-bit luma.
  return (p[0] * 9798 + p[1] * 19235 + p[2] * 3735 + (1 << 14)) >> 15;
}

cv::Mat naive_fit(const cv::Mat& picture, const IntegerNetwork& n) {
  const int h = picture.rows;
  const int w = picture.cols;
  int height = n.input.height;
  int width = n.input.width;
  const int side = n.preprocess.resize_short_side;
  if (side > 0) {
    height = h <= w ? side : h * side / w;
    width = h <= w ? w * side / h : side;
  }
  cv::Mat scaled = picture;
  if (height != h || width != w) {
    cv::resize(picture, scaled, {width, height}, 0, 0, height <= h && width <= w ? cv::INTER_AREA : cv::INTER_LINEAR);
  }
  const int top = (height - n.input.height) / 2;
  const int left = (width - n.input.width) / 2;
  return scaled(cv::Range(top, top + n.input.height), cv::Range(left, left + n.input.width)).clone();
}

TEST(PreprocessCode, agrees_with_the_naive_formula) {
  const unsigned seed = 4711;
  std::mt19937 random(seed);
  const auto between = [&](int low, int high) {
    return low + static_cast<int>(random() % static_cast<unsigned>(high - low + 1));
  };
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", round " + std::to_string(round));
    const int channels = random() % 2 ? 3 : 1;
    const MapShape input{between(1, 20), between(1, 20), channels};
    Preprocess how{0, random() % 2 == 0, {}, {}};
    if (random() % 2) how.resize_short_side = std::max(input.height, input.width) + between(0, 9);
    for (int c = 0; c < channels; ++c) {
      how.mean.push_back(between(0, 255) + 0.25);
      how.deviation.push_back(between(1, 255) * 0.5);
    }
    const IntegerNetwork n = network(input, how, 1.0 / between(1, 100), random() % 2 ? 8 : 16);
    const Picture picture =
        picture_of(noise(between(1, 50), between(1, 50), random() % 2 ? CV_8UC3 : CV_8UC1, random()));

    const auto codes = Preprocessor(n).codes(picture);
    ASSERT_TRUE(codes) << codes.error().text();
    const auto floats = preprocess_float(picture, input, how).value();
    ASSERT_EQ(codes.value().size(), static_cast<std::size_t>(input.size()));
    ASSERT_EQ(floats.size(), codes.value().size());
    const cv::Mat fitted = naive_fit(mat_of(picture), n);
    const double limit = n.input_bits == 8 ? 127 : 32767;
    for (int y = 0; y < input.height; ++y) {
      for (int x = 0; x < input.width; ++x) {
        for (int c = 0; c < channels; ++c) {
          const double real = (naive_pixel(fitted, y, x, c, n) - how.mean[c]) / how.deviation[c];
          const double code = std::clamp(std::round(real / n.input_scale), -limit, limit);
          ASSERT_EQ(codes.value()[(y * input.width + x) * channels + c], code) << "y " << y << " x " << x << " c " << c;
          ASSERT_EQ(floats[(c * input.height + y) * input.width + x], static_cast<float>(real))
              << "y " << y << " x " << x << " c " << c;
        }
      }
    }
  }
}

TEST(PreprocessCode, picture_of_the_right_size_is_not_touched) {
  const cv::Mat pixels = noise(32, 32, CV_8UC3);
  expect_same(fit_picture(picture_of(pixels), {32, 32, 3}, {}).value().pixels, pixels);
  expect_same(fit_picture(picture_of(pixels), {32, 32, 3}, {.resize_short_side = 32}).value().pixels, pixels);
}

TEST(PreprocessCode, imagenet_rule_cuts_the_middle) {
  // Columns carry their number, so that the cut can be read off.
  cv::Mat pixels(256, 300, CV_8UC1);
  for (int x = 0; x < 300; ++x) pixels.col(x).setTo(x % 251);
  const cv::Mat cut = fit_picture(picture_of(pixels), {224, 224, 1}, {.resize_short_side = 256}).value().pixels;
  EXPECT_EQ(cut.at<unsigned char>(0, 0), 38);  // (300 - 224) / 2
  EXPECT_EQ(cut.at<unsigned char>(0, 223), (38 + 223) % 251);
}

TEST(PreprocessCode, input_wider_than_the_scaled_picture_still_fits) {
  const cv::Mat cut =
      fit_picture(picture_of(noise(100, 100, CV_8UC3)), {48, 192, 3}, {.resize_short_side = 48}).value().pixels;
  EXPECT_EQ(cut.size(), cv::Size(192, 48));
}

TEST(PreprocessCode, grey_is_replicated_and_colour_becomes_luma) {
  const Picture grey = picture_of(cv::Mat(1, 1, CV_8UC1, cv::Scalar(77)));
  expect_same(fit_picture(grey, {1, 1, 3}, {}).value().pixels, cv::Mat(1, 1, CV_8UC3, cv::Scalar(77, 77, 77)));
  const Picture red = picture_of(cv::Mat(1, 1, CV_8UC3, cv::Scalar(255, 0, 0)));
  expect_same(fit_picture(red, {1, 1, 1}, {}).value().pixels, cv::Mat(1, 1, CV_8UC1, cv::Scalar(76)));
}

TEST(PreprocessCode, extreme_strips_are_refused_not_allocated) {
  const auto cut =
      fit_picture(picture_of(cv::Mat(1, 2'000'000, CV_8UC1, cv::Scalar(0))), {224, 224, 1}, {.resize_short_side = 256});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().fault(), Fault::user);
  EXPECT_THAT(cut.error().text(), testing::HasSubstr("2000000 x 1 is too narrow"));
}

TEST(PreprocessCode, other_channel_counts_are_refused) {
  const auto cut = fit_picture(picture_of(noise(4, 4, CV_8UC3)), {4, 4, 5}, {});
  EXPECT_EQ(cut.error().fault(), Fault::user);
  EXPECT_EQ(fit_picture({}, {4, 4, 3}, {}).error().fault(), Fault::bug);
}

}  // namespace
}  // namespace sluice
