// SPDX-License-Identifier: Apache-2.0
// Each kind of source opens to the right items in the right order; slices; sentences for sources that are none.
#include "runtime/images/image_set.hpp"

#include <gmock/gmock.h>

#include "tests/unit/runtime/images/picture_files.hpp"
#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> file_names(const ImageSet& set) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < set.size(); ++i) names.push_back(fs::path(set.name(i)).filename());
  return names;
}

class ImageSets : public testing::Test {
 protected:
  fs::path picture(const std::string& name, int width = 4) {
    return folder_.write(name, encoded(noise(3, width, CV_8UC3), ".png"));
  }
  TemporaryFolder folder_;
};

TEST_F(ImageSets, folder_is_sorted_and_holds_only_pictures) {
  for (const char* name : {"b.png", "a.PNG", "c.jpeg", ".hidden.png", "sub/d.png"}) picture(name);
  folder_.write("val.txt", "a.PNG 1\n");
  const ImageSet set = open_images(folder_.path()).value();
  EXPECT_THAT(file_names(set), ElementsAre("a.PNG", "b.png", "c.jpeg"));
  EXPECT_FALSE(set.is_labelled());
  EXPECT_EQ(set.label(0), std::nullopt);
  EXPECT_EQ(set.load(1).value().width, 4);
}

TEST_F(ImageSets, list_keeps_its_order_and_finds_files_beside_it) {
  picture("in/z.png", 7);
  picture("in/my cat.png", 9);
  const fs::path list = folder_.write("in/val.txt", "z.png 5\nmy cat.png 2\nz.png 0\n");
  const ImageSet set = open_images(list).value();
  EXPECT_THAT(file_names(set), ElementsAre("z.png", "my cat.png", "z.png"));
  EXPECT_TRUE(set.is_labelled());
  EXPECT_EQ(set.label(1), 2);
  EXPECT_EQ(set.load(1).value().width, 9);
}

TEST_F(ImageSets, list_outside_the_folder_is_relative_to_the_given_folder) {
  picture("photos/z.png");
  const fs::path list = folder_.write("lists/val.txt", "z.png 5\n");
  EXPECT_EQ(open_images(folder_ / "photos", list).value().label(0), 5);
  EXPECT_THAT(open_images(list).error().text(), HasSubstr("none of the 1 files it names exists"));
}

TEST_F(ImageSets, one_absent_entry_is_that_pictures_error) {
  picture("a.png");
  const ImageSet set = open_images(folder_.write("val.txt", "a.png 0\ngone.png 1\n")).value();
  EXPECT_TRUE(set.load(0));
  EXPECT_THAT(set.load(1).error().text(), HasSubstr("gone.png: no such file"));
}

TEST_F(ImageSets, singles_and_several) {
  const fs::path one = picture("one.png", 5);
  EXPECT_THAT(file_names(open_images(one).value()), ElementsAre("one.png"));
  const fs::path cifar = folder_.write("c.bin", std::string(2 * 3073, '\1'));
  const ImageSet set = open_images(std::vector<fs::path>{one, cifar, one}).value();
  EXPECT_THAT(file_names(set), ElementsAre("one.png", "c.bin[0]", "c.bin[1]", "one.png"));
  EXPECT_EQ(set.label(2), 1);
  EXPECT_FALSE(set.is_labelled());
  EXPECT_EQ(set.load(2).value().width, 32);
}

TEST_F(ImageSets, idx_is_found_by_name_or_content) {
  const fs::path images = folder_.write("t-images-idx3-ubyte.gz", gzipped(idx_images(12, 3, 3)));
  const fs::path labels = folder_.write("given", idx_labels(12));
  EXPECT_FALSE(open_images(images).value().is_labelled());
  EXPECT_EQ(open_images(images, labels).value().label(11), 1);
  EXPECT_EQ(open_images(folder_.write("odd_name", idx_images(2, 3, 3))).value().size(), 2u);
}

TEST_F(ImageSets, slices_count_from_one_like_the_lines_of_a_list) {
  for (const char* name : {"1.png", "2.png", "3.png", "4.png", "5.png"}) picture(name);
  const ImageSet set = open_images(folder_.path()).value();
  EXPECT_THAT(file_names(set.slice({Part::odd})), ElementsAre("1.png", "3.png", "5.png"));
  EXPECT_THAT(file_names(set.slice({Part::even})), ElementsAre("2.png", "4.png"));
  EXPECT_THAT(file_names(set.slice({Part::odd, 2})), ElementsAre("1.png", "3.png"));
  EXPECT_THAT(file_names(set.slice({Part::all, 2})), ElementsAre("1.png", "2.png"));
  EXPECT_EQ(set.slice({Part::all, 99}).size(), 5u);
  EXPECT_EQ(set.slice({}).size(), 5u);
}

TEST_F(ImageSets, out_of_range_is_a_bug) {
  EXPECT_EQ(open_images(picture("a.png")).value().load(1).error().fault(), Fault::bug);
}

TEST_F(ImageSets, wrong_sources_are_told_in_a_sentence) {
  EXPECT_THAT(open_images(folder_ / "absent").error().text(), HasSubstr("no such file or folder"));
  EXPECT_THAT(open_images(folder_.path()).error().text(), HasSubstr("the folder is empty"));
  folder_.write("readme.md", "hello");
  EXPECT_THAT(open_images(folder_.path()).error().text(), HasSubstr("only things like readme.md"));
  EXPECT_THAT(open_images(picture("a.png"), folder_ / "readme.md").error().text(), HasSubstr("this is a single file"));
  EXPECT_EQ(open_images(std::vector<fs::path>{}).error().fault(), Fault::user);
}

TEST(ImageSetData, evaluation_pictures_all_decode) {
  const char* data = std::getenv("SLUICE_DATA");
  if (!data) GTEST_SKIP() << "SLUICE_DATA is not set";
  const ImageSet photos = open_images(fs::path(data) / "imagenet1000/val.txt").value();
  ASSERT_EQ(photos.size(), 1000u);
  for (std::size_t i = 0; i < photos.size(); ++i) {
    const auto picture = photos.load(i);
    ASSERT_TRUE(picture) << picture.error().text();
    EXPECT_LE(std::min(picture.value().width, picture.value().height), 256);
  }
  EXPECT_EQ(open_images(fs::path(data) / "cifar10/test1000.bin").value().size(), 1000u);
}

}  // namespace
}  // namespace sluice
