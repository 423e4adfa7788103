// SPDX-License-Identifier: Apache-2.0
// Events are JSON on one line whatever names hold; wishes are read back, or refused by name.
#include "apps/camera/events.hpp"

#include <gmock/gmock.h>

#include "runtime/base/json.hpp"

namespace sluice::test {
namespace {

using camera::RowSwitch;
using camera::Snapshot;
using camera::wished_policy;
using testing::HasSubstr;

TEST(CameraEvents, a_state_is_one_line_of_json_whatever_it_holds) {
  Snapshot now;
  now.at_s = 1.5;
  now.camera.state = camera::CaptureState::reconnecting;
  now.camera.trouble = "line\nbreak \xff </script>";
  now.policy.policy = Policy::target_fps;
  now.policy.target_images_per_s = 12300;
  now.density = {1, 0.25};
  now.disagreement_bound = {0.0, std::nullopt};
  const std::string bare = camera::state_event(now);
  EXPECT_EQ(bare.find('\n'), std::string::npos) << "an event's data ends with its line";
  nlohmann::json j = parse_json(bare);
  ASSERT_TRUE(j.is_object());
  EXPECT_EQ(j["kind"], "state");
  EXPECT_EQ(j["camera_state"], "reconnecting");
  EXPECT_EQ(j["policy"], (nlohmann::json{{"name", "target-fps"}, {"target_images_per_s", 12300.0}}));
  EXPECT_EQ(j["disagreement_bound"], (nlohmann::json{0.0, nullptr}));
  EXPECT_EQ(j["top"], nlohmann::json::array()) << "before the first answer";
  now.answer = camera::Answer{.frame = 3, .top = {{7, "bag\n\"", 1.5, 0.75}, {2, "coat", 0.5, {}}}, .is_sure = false};
  j = parse_json(camera::state_event(now));
  EXPECT_EQ(j["frame"], 3);
  EXPECT_EQ(j["is_sure"], false);
  EXPECT_EQ(j["top"][0], (nlohmann::json{{"class", 7}, {"label", "bag\n\""}, {"output", 1.5}, {"probability", 0.75}}));
  EXPECT_EQ(j["top"][1]["probability"], nullptr);
}

TEST(CameraEvents, a_switch_and_the_end_name_their_numbers) {
  RowSwitch one;
  one.from = 1;
  one.to = 2;
  one.reason = "because";
  nlohmann::json j = parse_json(camera::switch_event(one));
  EXPECT_EQ(j["kind"], "switch");
  EXPECT_EQ(j["from"], 1);
  EXPECT_EQ(j["to"], 2);
  EXPECT_EQ(j["reason"], "because");
  Snapshot now;
  now.camera.captured = 10;
  now.camera.dropped = 3;
  now.mean_device_images_per_s = 11.5;
  j = parse_json(camera::end_event(now, "simulated"));
  EXPECT_EQ(j["frames_captured"], 10);
  EXPECT_EQ(j["frames_dropped"], 3);
  EXPECT_EQ(j["device_images_per_s"], 11.5);
  EXPECT_EQ(j["rate_kind"], "simulated");
}

TEST(WishedPolicy, takes_each_policy_with_its_number) {
  const PolicyOptions now{.policy = Policy::target_fps, .target_images_per_s = 5, .dwell_images = 7};
  auto policy = wished_policy(R"({"name":"fixed","row":2})", now, 4);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->policy, Policy::fixed);
  EXPECT_EQ(policy->row, 2u);
  EXPECT_EQ(policy->dwell_images, 7u) << "the rest stays";
  policy = wished_policy(R"({"name":"target-fps","target_images_per_s":12.5})", now, 4);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->target_images_per_s, 12.5);
  EXPECT_EQ(policy->canary_period, 0u);
  policy = wished_policy(R"({"name":"min-accuracy","max_disagreement_percent":3})", now, 4);
  ASSERT_TRUE(policy);
  EXPECT_DOUBLE_EQ(policy->most_disagreement, 0.03);
  EXPECT_EQ(policy->canary_period, 4u) << "that policy needs canaries";
  policy = wished_policy(R"({"name":"fixed","row":0})", *policy, 4);
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->canary_period, 0u) << "and takes them along";
}

TEST(WishedPolicy, refuses_by_name_what_it_cannot_read) {
  const std::pair<const char*, const char*> kRefused[] = {
      {"", "an object with \"name\""},
      {"[]", "an object with \"name\""},
      {"{\"name\":3}", "an object with \"name\""},
      {R"({"name":"fast"})", "policy \"fast\" is not known"},
      {R"({"name":"fixed"})", "\"row\""},
      {R"({"name":"fixed","row":-1})", "\"row\""},
      {R"({"name":"fixed","row":1.5})", "\"row\""},
      {R"({"name":"fixed","row":99999999999})", "\"row\""},
      {R"({"name":"target-fps"})", "\"target_images_per_s\" is missing"},
      {R"({"name":"target-fps","target_images_per_s":"9"})", "not a number"},
      {R"({"name":"min-accuracy","max_disagreement_percent":null})", "not a number"},
  };
  for (const auto& [text, words] : kRefused) {
    const auto policy = wished_policy(text, {}, 4);
    ASSERT_FALSE(policy) << text;
    EXPECT_THAT(policy.error().text(), HasSubstr(words)) << text;
  }
}

}  // namespace
}  // namespace sluice::test
