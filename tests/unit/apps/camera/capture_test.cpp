// SPDX-License-Identifier: Apache-2.0
// The newest frame and the counts; pace; cuts, attempts and pauses; how a capture ends.
#include "apps/camera/capture.hpp"

#include <gmock/gmock.h>

#include "tests/unit/apps/camera/pushed_frames.hpp"

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using camera::Capture;
using camera::CaptureCounts;
using camera::CaptureState;
using testing::HasSubstr;

TEST(Capture, keeps_the_newest_frame_and_counts_what_it_replaced) {
  PushedFrames frames;
  Capture capture(frames.source(true), {});
  for (std::uint8_t shade = 0; shade < 5; ++shade) frames.push(shade);
  ASSERT_TRUE(becomes([&] { return capture.counts().captured == 5; }));
  const auto frame = capture.take(1s);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->number, 4u);
  EXPECT_EQ(frame->picture.pixels[0], 4);
  const CaptureCounts counts = capture.counts();
  EXPECT_EQ(counts.dropped, 4u);
  EXPECT_EQ(counts.taken, 1u);
  EXPECT_FALSE(capture.take(1ms)) << "a frame is taken once";
  EXPECT_EQ(capture.newest()->number, 4u) << "and can still be looked at";
  frames.push(9);
  ASSERT_TRUE(capture.take(5s));
  EXPECT_EQ(capture.counts().dropped, 4u);
  frames.fail_restarts(100);
  frames.cut();
}

TEST(Capture, paces_what_does_not_come_by_itself) {
  PushedFrames frames;
  constexpr int kFrames = 41;
  for (int f = 0; f < kFrames; ++f) frames.push(0);
  frames.end();
  const auto begin = std::chrono::steady_clock::now();
  Capture capture(frames.source(false, 200), {});
  int taken = 0;
  while (!capture.has_ended()) taken += capture.take(1s).has_value();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 199ms);
  const CaptureCounts counts = capture.counts();
  EXPECT_EQ(counts.captured, kFrames + 0u);
  EXPECT_EQ(counts.taken, static_cast<std::uint64_t>(taken));
  EXPECT_EQ(counts.taken + counts.dropped, counts.captured);
  EXPECT_LE(counts.mean_frames_per_s, 240) << "the first one may have come late";
  EXPECT_GE(counts.mean_frames_per_s, 20) << "an idle machine is near 200";
  EXPECT_TRUE(capture.status());
}

TEST(Capture, connects_again_after_a_cut_with_growing_pauses) {
  PushedFrames frames;
  Capture capture(frames.source(true), {.first_pause = 20ms, .longest_pause = 40ms});
  frames.push(1);
  ASSERT_TRUE(capture.take(5s));
  frames.fail_restarts(3);
  const auto begin = std::chrono::steady_clock::now();
  frames.cut();
  ASSERT_TRUE(becomes([&] { return capture.counts().state == CaptureState::reconnecting; }));
  EXPECT_THAT(capture.counts().trouble, HasSubstr("pushed"));
  ASSERT_TRUE(becomes([&] { return capture.counts().state == CaptureState::running; }));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 140ms) << "20 + 40 + 40 + 40";
  EXPECT_EQ(frames.restarts(), 4);
  frames.push(2);
  const auto frame = capture.take(5s);
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->number, 1u) << "numbers go on";
  EXPECT_EQ(capture.counts().cuts, 1u);
  EXPECT_EQ(capture.counts().trouble, "");
  frames.fail_restarts(100);
  frames.cut();
}

TEST(Capture, gives_up_after_so_many_attempts_and_says_what_it_tried) {
  PushedFrames frames;
  Capture capture(frames.source(true), {.first_pause = 1ms, .longest_pause = 1ms, .most_attempts = 3});
  frames.fail_restarts(100);
  frames.cut();
  ASSERT_TRUE(becomes([&] { return capture.has_ended(); }));
  ASSERT_FALSE(capture.status());
  EXPECT_THAT(capture.status().error().text(), HasSubstr("pushed: cut; it was tried 3 times to connect again"));
  EXPECT_THAT(capture.status().error().text(), HasSubstr("nobody there"));
  EXPECT_EQ(frames.restarts(), 3);
}

TEST(Capture, stops_at_once_while_it_waits_to_connect_again) {
  PushedFrames frames;
  Capture capture(frames.source(true), {.first_pause = 60s, .longest_pause = 60s});
  frames.cut();
  ASSERT_TRUE(becomes([&] { return capture.counts().state == CaptureState::reconnecting; }));
  const auto begin = std::chrono::steady_clock::now();
  capture.stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
  EXPECT_TRUE(capture.has_ended());
  EXPECT_TRUE(capture.status()) << "being stopped is no failure";
}

TEST(Capture, begins_again_where_it_is_looped_and_ends_where_it_is_not) {
  for (const bool is_looped : {false, true}) {
    PushedFrames frames;
    frames.push(1);
    frames.end();
    frames.push(2);
    Capture capture(frames.source(false), {.is_looped = is_looped, .most_frames = 2});
    ASSERT_TRUE(becomes([&] { return capture.counts().state == CaptureState::ended; }));
    EXPECT_EQ(capture.counts().captured, is_looped ? 2u : 1u);
    EXPECT_EQ(frames.restarts(), is_looped ? 1 : 0);
    EXPECT_FALSE(capture.has_ended()) << "a frame waits";
    EXPECT_TRUE(capture.take(1s));
    EXPECT_TRUE(capture.has_ended());
  }
}

TEST(Capture, a_file_that_fails_ends_with_its_sentence) {
  PushedFrames frames;
  frames.cut();
  Capture capture(frames.source(false, 30), {});
  ASSERT_TRUE(becomes([&] { return capture.has_ended(); }));
  ASSERT_FALSE(capture.status());
  EXPECT_EQ(capture.status().error().text(), "pushed: cut");
  EXPECT_EQ(frames.restarts(), 0);
}

}  // namespace
}  // namespace sluice::test
