// SPDX-License-Identifier: Apache-2.0
// Fitted pictures are those of fit_picture(), decoded once within the bound and again beyond it.
#include "runtime/images/fitted_pictures.hpp"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>

#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

class Fitted : public ::testing::Test {
 protected:
  Fitted() {
    std::mt19937 random(3);
    for (int i = 0; i < 3; ++i) {
      cv::Mat pixels(40 + i, 50, CV_8UC3);
      for (int y = 0; y < pixels.rows; ++y)
        for (int x = 0; x < 3 * pixels.cols; ++x) pixels.ptr(y)[x] = static_cast<unsigned char>(random());
      cv::imwrite((folder_ / fmt::format("{}.png", i)).string(), pixels);
    }
    images_ = open_images(folder_.path()).value();
  }
  FittedPictures pictures(std::int64_t most_bytes) const { return {images_, {24, 24, 3}, preprocess_, most_bytes}; }
  bool is_same(const FittedPicture& a, const cv::Mat& b) const {
    return a.pixels.size() == b.size() && cv::norm(a.pixels, b, cv::NORM_INF) == 0;
  }
  std::vector<cv::Mat> expected() const {
    std::vector<cv::Mat> all;
    for (std::size_t i = 0; i < images_.size(); ++i)
      all.push_back(fit_picture(images_.load(i).value(), {24, 24, 3}, preprocess_).value().pixels);
    return all;
  }
  void delete_files() const {
    for (std::size_t i = 0; i < images_.size(); ++i) std::filesystem::remove(images_.name(i));
  }

  TemporaryFolder folder_;
  ImageSet images_;
  const Preprocess preprocess_{.resize_short_side = 30, .is_bgr = true, .mean = {1, 2, 3}, .deviation = {4, 5, 6}};
  static constexpr std::int64_t kPicture = 24 * 24 * 3;
};

TEST_F(Fitted, pictures_are_decoded_once) {
  const auto wanted = expected();
  const FittedPictures all = pictures(kMostFittedBytes), first = all.first(2);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(is_same(all.load(i).value(), wanted[i]));
  delete_files();
  for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(is_same(all.load(i).value(), wanted[i])) << i;
  EXPECT_EQ(first.size(), 2u);
  EXPECT_TRUE(is_same(first.load(1).value(), wanted[1])) << "a part shares what is kept";
  EXPECT_EQ(all.kept_bytes(), 3 * kPicture);
}

TEST_F(Fitted, pictures_beyond_the_bound_are_decoded_again) {
  const auto wanted = expected();
  const FittedPictures some = pictures(2 * kPicture);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(is_same(some.load(i).value(), wanted[i]));
  }
  EXPECT_EQ(some.kept_bytes(), 2 * kPicture);
  delete_files();
  EXPECT_TRUE(some.load(1));
  EXPECT_FALSE(some.load(2)) << "this one was not kept";
}

TEST_F(Fitted, check_names_every_picture_that_cannot_be_used) {
  EXPECT_TRUE(pictures(0).check());
  const FittedPictures all = pictures(0);
  delete_files();
  const auto status = all.check();
  ASSERT_FALSE(status);
  const std::string text = status.error().text();
  EXPECT_NE(text.find("3 of 3 pictures cannot be used"), std::string::npos) << text;
  for (const char* name : {"0.png", "1.png", "2.png"}) EXPECT_NE(text.find(name), std::string::npos) << text;
}

TEST_F(Fitted, floats_and_errors_are_those_of_the_picture) {
  const FittedPictures all = pictures(0);
  const Picture picture = images_.load(0).value();
  EXPECT_EQ(preprocess_float(all.load(0).value(), preprocess_).value(),
            preprocess_float(picture, {24, 24, 3}, preprocess_).value());
  EXPECT_EQ(all.load(3).error().fault(), Fault::bug);
  delete_files();
  EXPECT_NE(all.load(1).error().text().find("1.png"), std::string::npos);
}

}  // namespace
}  // namespace sluice
