// SPDX-License-Identifier: Apache-2.0
// A live run: what is known of it, policies that a user sets, its counts at the end.
#include "apps/camera/live_run.hpp"

#include <gmock/gmock.h>

#include "tests/unit/apps/camera/live_camera.hpp"

namespace sluice::test {
namespace {

using testing::HasSubstr;

class LiveRunTest : public LiveCamera {};

TEST_F(LiveRunTest, every_frame_has_its_answer_and_is_counted) {
  EXPECT_FALSE(run_->snapshot().answer);
  answer_frames(12);
  const camera::Snapshot now = run_->snapshot();
  ASSERT_TRUE(now.answer);
  EXPECT_EQ(now.answer->frame, 11u);
  EXPECT_EQ(now.answer->row, 0u);
  EXPECT_NEAR(now.answer->brightness, 220 / 255.0, 1e-9);
  EXPECT_EQ(now.answer->top.size(), std::min<std::size_t>(5, static_cast<std::size_t>(bundle_->network().classes())));
  EXPECT_EQ(now.camera.captured, 12u);
  EXPECT_EQ(now.camera.taken, 12u);
  EXPECT_EQ(now.camera.dropped, 0u);
  EXPECT_GT(now.device_images_per_s, 0) << "of the device's own clock";
  EXPECT_GT(now.latency_ms, 0);
  EXPECT_EQ(now.density.size(), bundle_->table().rows[0].layers.size());
  EXPECT_EQ(now.switches, 0u);
}

TEST_F(LiveRunTest, a_policy_of_the_user_is_a_switch_with_a_reason) {
  answer_frames(1);
  ASSERT_TRUE(run_->set_policy({.policy = Policy::fixed, .row = 2}));
  answer_frames(3);
  EXPECT_EQ(run_->snapshot().answer->row, 2u);
  ASSERT_EQ(run_->switches_from(0).size(), 1u);
  const camera::RowSwitch one = run_->switches_from(0)[0];
  EXPECT_TRUE(one.is_by_user);
  EXPECT_EQ(one.from, 0u);
  EXPECT_EQ(one.to, 2u);
  EXPECT_THAT(one.reason, HasSubstr("you chose row 2"));
  EXPECT_TRUE(run_->switches_from(1).empty());
  const Status refused = run_->set_policy({.policy = Policy::fixed, .row = 9});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("row 9"));
  EXPECT_EQ(run_->policy().row, 2u) << "the policy stays";
}

TEST_F(LiveRunTest, switches_are_kept_up_to_a_number) {
  for (std::uint32_t i = 0; i < camera::LiveRun::kMostKeptSwitches + 10; ++i)
    ASSERT_TRUE(run_->set_policy({.policy = Policy::fixed, .row = (i + 1) % 2}));
  const std::vector<camera::RowSwitch> all = run_->switches_from(0);
  ASSERT_EQ(all.size(), camera::LiveRun::kMostKeptSwitches);
  EXPECT_EQ(all.front().number, 10u);
  EXPECT_EQ(run_->snapshot().switches, camera::LiveRun::kMostKeptSwitches + 10);
}

TEST_F(LiveRunTest, a_target_that_a_row_misses_makes_the_controller_switch_and_say_why) {
  // Above what row 0 gives on these frames, within what row 2 gives.
  const double slow = bundle_->table().rows[0].throughput_images_per_s;
  const double fast = bundle_->table().rows[2].throughput_images_per_s;
  ASSERT_TRUE(run_->set_policy({.policy = Policy::target_fps, .target_images_per_s = (slow + fast) / 2}));
  answer_frames(200);
  const std::vector<camera::RowSwitch> all = run_->switches_from(0);
  ASSERT_FALSE(all.empty());
  for (const camera::RowSwitch& one : all) {
    EXPECT_THAT(one.reason, testing::AnyOf(HasSubstr("are wanted"), HasSubstr("you chose the policy target-fps")));
  }
  EXPECT_NE(run_->snapshot().why, "");
  EXPECT_NE(run_->snapshot().row, 0u);
}

TEST_F(LiveRunTest, closing_answers_what_was_accepted) {
  answer_frames(4);
  frames_.push(1);
  ASSERT_TRUE(becomes([&] { return run_->snapshot().camera.taken == 5; }));
  frames_.end();  // of a live source: the end of the stream
  ASSERT_TRUE(becomes([&] { return run_->snapshot().camera.state == camera::CaptureState::ended; }));
  ASSERT_TRUE(run_->close());
  EXPECT_EQ(run_->snapshot().answers, 5u);
  EXPECT_TRUE(run_->close()) << "once more changes nothing";
}

}  // namespace
}  // namespace sluice::test
