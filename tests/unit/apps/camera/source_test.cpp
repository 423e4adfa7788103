// SPDX-License-Identifier: Apache-2.0
// What a source is taken for; sentences of those that cannot be opened; frames of a folder and of a video.
#include <fstream>

#include <gmock/gmock.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>

#include "apps/camera/open_source.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using camera::open_source;
using camera::source_kind;
using camera::SourceKind;
using testing::HasSubstr;

class CameraSourceTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return (scratch_.path() / name).string(); }
  const Scratch scratch_;
};

TEST_F(CameraSourceTest, kinds_are_told_by_the_form_of_the_text) {
  const std::pair<const char*, SourceKind> kKinds[] = {{"0", SourceKind::camera},
                                                       {"12", SourceKind::camera},
                                                       {"/dev/video3", SourceKind::camera},
                                                       {"rtsp://host/a", SourceKind::stream},
                                                       {"HTTP://host/a.mp4", SourceKind::stream},
                                                       {"a/clip.MP4", SourceKind::video},
                                                       {"100%d.avi", SourceKind::video},
                                                       {"folder", SourceKind::pictures},
                                                       {"1234", SourceKind::pictures},
                                                       {"a.png", SourceKind::pictures}};
  for (const auto& [text, kind] : kKinds) EXPECT_EQ(source_kind(text).value(), kind) << text;
  EXPECT_THAT(source_kind("file:///etc/hostname").error().text(),
              HasSubstr("a source of this kind is not opened; rtsp://"));
  EXPECT_THAT(source_kind("concat://a").error().text(), HasSubstr("is not opened"));
  EXPECT_THAT(source_kind("").error().text(), HasSubstr("a camera's number"));
}

TEST_F(CameraSourceTest, what_cannot_be_opened_is_named_with_what_was_tried) {
  EXPECT_THAT(open_source("987").error().text(), HasSubstr("camera 987: could not be opened"));
  EXPECT_THAT(open_source(path("none.mp4")).error().text(), HasSubstr("none.mp4: no such file"));
  std::ofstream(path("text.mp4")) << "no video at all";
  EXPECT_THAT(open_source(path("text.mp4")).error().text(), HasSubstr("tried as a video by FFmpeg"));
  std::filesystem::create_directory(path("empty"));
  EXPECT_THAT(open_source(path("empty")).error().text(), HasSubstr("the folder is empty"));
  std::ofstream(path("bad.png")) << "no picture";
  EXPECT_THAT(open_source(path("bad.png")).error().text(), HasSubstr("bad.png"));
  const std::string sentence = open_source("rtsp://user:secret@127.0.0.1:1/a").error().text();
  EXPECT_THAT(sentence, HasSubstr("rtsp://127.0.0.1:1/a: could not be opened; tried for 5 s"));
  EXPECT_THAT(sentence, testing::Not(HasSubstr("secret")));
}

TEST_F(CameraSourceTest, a_folder_gives_its_pictures_in_order_and_leaves_out_bad_ones) {
  std::filesystem::create_directory(path("folder"));
  for (int shade : {10, 20})
    cv::imwrite(path("folder/p" + std::to_string(shade) + ".png"), cv::Mat(4, 6, CV_8UC3, cv::Scalar(0, 0, shade)));
  std::ofstream(path("folder/p15.png")) << "no picture";
  auto source = open_source(path("folder"));
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_EQ((*source)->frames_per_s(), 30);
  EXPECT_FALSE((*source)->is_live());
  for (int round = 0; round < 2; ++round) {
    for (int shade : {10, 20}) {
      const auto frame = (*source)->next();
      ASSERT_TRUE(frame && frame.value().has_value());
      EXPECT_EQ(frame.value()->width, 6);
      EXPECT_EQ(int(frame.value()->pixels[0]), shade) << "red first";
    }
    EXPECT_FALSE((*source)->next().value().has_value()) << "the end";
    ASSERT_TRUE((*source)->restart());
  }
}

TEST_F(CameraSourceTest, a_video_gives_its_frames_and_its_rate) {
  // Its name would be a series of pictures, or a protocol, to a reader that guesses.
  const std::string file = path("concat:%02d.avi");
  cv::VideoWriter writer(file, cv::CAP_OPENCV_MJPEG, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 20, cv::Size(32, 16));
  ASSERT_TRUE(writer.isOpened());
  for (int f = 0; f < 5; ++f) writer.write(cv::Mat(16, 32, CV_8UC3, cv::Scalar(0, 0, 40 * f)));
  writer.release();
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(scratch_.path());
  auto source = open_source("concat:%02d.avi");
  std::filesystem::current_path(before);
  ASSERT_TRUE(source) << source.error().text();
  EXPECT_NEAR((*source)->frames_per_s(), 20, 0.01);
  for (int round = 0; round < 2; ++round) {
    int frames = 0;
    for (auto frame = (*source)->next(); frame.value().has_value(); frame = (*source)->next()) {
      EXPECT_NEAR(int(frame.value()->pixels[0]), 40 * frames, 6) << "red first";
      ++frames;
    }
    EXPECT_EQ(frames, 5);
    ASSERT_TRUE((*source)->restart());
  }
  EXPECT_EQ((*open_source(file, {.frames_per_s = 7}))->frames_per_s(), 7);
}

}  // namespace
}  // namespace sluice::test
