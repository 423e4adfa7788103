// SPDX-License-Identifier: Apache-2.0
// CIFAR-10 and IDX files: pixels and labels come out as they were put in, files that do not add up are refused.
#include "runtime/images/packed_pictures.hpp"

#include <gmock/gmock.h>

#include "tests/unit/runtime/images/picture_files.hpp"
#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

TEST(Cifar10, planes_become_pixels) {
  std::string bytes;
  for (int n = 0; n < 2; ++n) {
    bytes += static_cast<char>(n + 8);
    for (int i = 0; i < 3072; ++i) bytes += static_cast<char>(n + i % 1024 % 50 + i / 1024 * 60);
  }
  const TemporaryFolder folder;
  const PackedPictures set = read_cifar10(folder.write("test.bin", bytes)).value();
  EXPECT_EQ(set.count, 2u);
  EXPECT_THAT(set.labels, testing::ElementsAre(8, 9));
  const Picture picture = set.picture(1);
  ASSERT_EQ(pixels_of(picture).type(), CV_8UC3);
  const int i = 5 * 32 + 7;
  EXPECT_EQ(pixels_of(picture).at<cv::Vec3b>(5, 7), cv::Vec3b(1 + i % 50, 1 + i % 50 + 60, 1 + i % 50 + 120));
}

TEST(Cifar10, wrong_size_and_label_are_refused) {
  const TemporaryFolder folder;
  EXPECT_THAT(read_cifar10(folder.write("a.bin", std::string(3074, '\0'))).error().text(),
              HasSubstr("3074 bytes are not a whole"));
  EXPECT_THAT(read_cifar10(folder.write("a.bin", std::string(3073, '\x0B'))).error().text(), HasSubstr("label 11"));
  EXPECT_THAT(read_cifar10(folder.write("a.bin", "")).error().text(), HasSubstr("empty"));
}

class Idx : public testing::TestWithParam<bool> {
 protected:
  // Writes the file plain or packed, under the name with the fitting ending.
  std::filesystem::path write(const std::string& name, const std::string& plain) {
    return GetParam() ? folder_.write(name + ".gz", gzipped(plain)) : folder_.write(name, plain);
  }
  TemporaryFolder folder_;
};

TEST_P(Idx, reads_pictures_and_the_labels_beside) {
  write("t10k-labels-idx1-ubyte", idx_labels(5));
  const PackedPictures set = read_idx(write("t10k-images-idx3-ubyte", idx_images(5, 4, 3)), {}).value();
  EXPECT_EQ(set.count, 5u);
  EXPECT_THAT(set.labels, testing::ElementsAre(0, 1, 2, 3, 4));
  const Picture picture = set.picture(2);
  EXPECT_EQ(pixels_of(picture).size(), cv::Size(3, 4));
  EXPECT_EQ(pixels_of(picture).at<unsigned char>(1, 2), 2 * 7 + 5);
}

TEST_P(Idx, without_labels_the_pictures_are_unlabelled) {
  EXPECT_TRUE(read_idx(write("x-images-idx3-ubyte", idx_images(2, 4, 3)), {}).value().labels.empty());
}

TEST_P(Idx, files_that_do_not_add_up_are_refused) {
  const std::string images = idx_images(5, 4, 3);
  EXPECT_THAT(read_idx(write("a-images-idx3-ubyte", images.substr(0, images.size() - 1)), {}).error().text(),
              HasSubstr("announces 60 bytes, there are 59"));
  EXPECT_THAT(read_idx(write("a-images-idx3-ubyte", images + "x"), {}).error().text(), HasSubstr("there are 61"));
  EXPECT_THAT(read_idx(write("a-images-idx3-ubyte", "short"), {}).error().text(), HasSubstr("too short"));
  EXPECT_THAT(read_idx(write("a-images-idx3-ubyte", idx_labels(40)), {}).error().text(), HasSubstr("0x00000801"));
  EXPECT_THAT(read_idx(write("a-images-idx3-ubyte", idx_images(0, 4, 3)), {}).error().text(),
              HasSubstr("nothing in it"));
  std::string huge = images;
  huge.replace(4, 12, std::string(12, '\xFF'));
  EXPECT_FALSE(read_idx(write("a-images-idx3-ubyte", huge), {}));
  write("b-labels-idx1-ubyte", idx_labels(4));
  EXPECT_THAT(read_idx(write("b-images-idx3-ubyte", images), {}).error().text(),
              HasSubstr("4 labels for the 5 pictures"));
}

INSTANTIATE_TEST_SUITE_P(PlainAndPacked, Idx, testing::Bool());

TEST(Idx, labels_may_be_packed_when_the_pictures_are_not) {
  const TemporaryFolder folder;
  folder.write("a-labels-idx1-ubyte.gz", gzipped(idx_labels(3)));
  EXPECT_EQ(read_idx(folder.write("a-images-idx3-ubyte", idx_images(3, 2, 2)), {}).value().labels.size(), 3u);
  const auto given = folder.write("other", idx_labels(3));
  EXPECT_EQ(read_idx(folder.write("b-images-idx3-ubyte", idx_images(3, 2, 2)), given).value().labels.size(), 3u);
}

TEST(Idx, damaged_gzip_is_refused) {
  const TemporaryFolder folder;
  const std::string packed = gzipped(idx_images(50, 28, 28));
  const auto cut = read_idx(folder.write("a-images-idx3-ubyte.gz", packed.substr(0, packed.size() / 2)), {});
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().text(), HasSubstr("a-images-idx3-ubyte.gz: the gzip data is cut short"));
  std::string wrong = packed;
  wrong[wrong.size() - 6] ^= 1;  // in the checksum
  EXPECT_THAT(read_idx(folder.write("a-images-idx3-ubyte.gz", wrong), {}).error().text(), HasSubstr("damaged"));
}

TEST(Idx, debian_fashion_mnist_is_readable) {
  const std::filesystem::path images = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
  if (!std::filesystem::exists(images)) GTEST_SKIP() << "package dataset-fashion-mnist is not installed";
  const PackedPictures set = read_idx(images, {}).value();
  EXPECT_EQ(set.count, 10'000u);
  EXPECT_EQ(set.labels.size(), 10'000u);
  EXPECT_EQ(set.labels[0], 9);
}

}  // namespace
}  // namespace sluice
