// SPDX-License-Identifier: Apache-2.0
// The rate to hold, for how many cameras one stands, and why nothing can switch.
#include "apps/camera/aim.hpp"

#include <gmock/gmock.h>

#include "tests/support/sparse_bundle.hpp"

namespace sluice::test {
namespace {

using camera::aim_of;
using camera::usual_streams;
using camera::Wish;
using testing::HasSubstr;

class AimTest : public testing::Test {
 protected:
  const Scratch scratch_;
  const Bundle bundle_ = sparse_bundle(scratch_).value();
  const DeviceInfo simulated_{"sim", "cycle model", "simulated", true}, processor_{"cpu", "host", "measured", false};
  const Wish usual_{.policy = {.policy = Policy::target_fps}, .camera_frames_per_s = 25};
};

TEST(UsualStreams, put_the_target_half_way_between_the_two_rows) {
  EXPECT_EQ(usual_streams({10000, 14000}, 30), 400u);
  EXPECT_EQ(usual_streams({10000, 14000}, 0), 400u) << "a camera that does not tell counts as 30";
  EXPECT_EQ(usual_streams({10, 20}, 30), 1u) << "never none";
}

TEST_F(AimTest, the_usual_target_lies_between_densest_and_fastest) {
  auto aim = aim_of(bundle_, simulated_, usual_);
  ASSERT_TRUE(aim) << aim.error().text();
  EXPECT_LT(aim->range.densest_images_per_s, aim->range.fastest_images_per_s);
  EXPECT_GT(aim->policy.target_images_per_s, aim->range.densest_images_per_s);
  EXPECT_LT(aim->policy.target_images_per_s, aim->range.fastest_images_per_s);
  EXPECT_DOUBLE_EQ(aim->policy.target_images_per_s, aim->streams * 25);
  EXPECT_EQ(aim->why_fixed, "");
}

TEST_F(AimTest, streams_and_a_target_are_two_ways_to_say_one_thing) {
  Wish wish = usual_;
  wish.streams = 7;
  EXPECT_DOUBLE_EQ(aim_of(bundle_, simulated_, wish)->policy.target_images_per_s, 175);
  wish.policy.target_images_per_s = 100;
  const auto both = aim_of(bundle_, simulated_, wish);
  ASSERT_FALSE(both);
  EXPECT_THAT(both.error().text(), HasSubstr("give one of them"));
  wish.streams.reset();
  EXPECT_DOUBLE_EQ(aim_of(bundle_, simulated_, wish)->streams, 4);
  wish.streams = 7;
  wish.policy = {.policy = Policy::fixed, .row = 1};
  wish.is_policy_given = true;
  EXPECT_THAT(aim_of(bundle_, simulated_, wish).error().text(), HasSubstr("fixed holds none"));
}

TEST_F(AimTest, where_nothing_can_switch_it_says_why) {
  auto on_processor = aim_of(bundle_, processor_, usual_);
  ASSERT_TRUE(on_processor);
  EXPECT_EQ(on_processor->policy.policy, Policy::fixed);
  EXPECT_THAT(on_processor->why_fixed, HasSubstr("On device cpu a row hardly changes the rate"));
  Wish asked = usual_;
  asked.is_policy_given = true;
  EXPECT_THAT(aim_of(bundle_, processor_, asked).error().text(), HasSubstr("use --device sim"));

  const Scratch other;
  const auto one_row = bundle_of(bundle_.network(), other.path() / "one");
  ASSERT_TRUE(one_row) << one_row.error().text();
  auto alone = aim_of(one_row.value(), simulated_, usual_);
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->policy.policy, Policy::fixed);
  EXPECT_THAT(alone->why_fixed, HasSubstr("The design table has one row"));
}

}  // namespace
}  // namespace sluice::test
