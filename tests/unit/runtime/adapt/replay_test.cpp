// SPDX-License-Identifier: Apache-2.0
// A recorded stream decides again the same; an edited one is found out; another table gets its own decisions.
#include "runtime/adapt/replay.hpp"

#include <gmock/gmock.h>

#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

// What a session would have written for these ratios.
Audit recorded(const std::vector<double>& ratios) {
  Audit audit;
  audit.start = {
      test::three_rows(), {.policy = Policy::target_fps, .target_images_per_s = 95e3}, 9, "sim", "simulated"};
  Controller controller(audit.start.model, audit.start.options, audit.start.lag_images);
  std::int64_t now_us = 0;
  for (std::uint64_t i = 0; i < 200 * ratios.size(); ++i) {
    const std::uint32_t row = controller.rows_for(i).answer;
    const Observation seen = test::seen_with(audit.start.model, i, row, ratios[i / 200], now_us += 10);
    audit.images.push_back({seen, controller.is_probe(i)});
    if (auto d = controller.observe(seen)) audit.decisions.push_back(to_line(*d, audit.start.model));
  }
  return audit;
}

TEST(Replay, decides_again_the_same) {
  const Replay result = replay(recorded({1, 1.5, 0.9, 2.2}));
  EXPECT_EQ(result.differences, 0u) << result.first_difference;
  EXPECT_EQ(result.images, 800u);
  EXPECT_EQ(result.decisions.size(), 50u);
  EXPECT_GE(result.switches, 2u);
}

TEST(Replay, finds_what_was_edited) {
  Audit audit = recorded({1, 1.5});
  audit.images[130].seen.cycles[0] *= 3;
  EXPECT_GT(replay(audit).differences, 0u);
  audit = recorded({1, 1.5});
  audit.images[20].seen.row = 2;
  EXPECT_THAT(replay(audit).first_difference, HasSubstr("row 0 for image 20"));
  audit = recorded({1, 1.5});
  audit.images[31].is_probe = false;
  EXPECT_THAT(replay(audit).first_difference, HasSubstr("as a probe for image 31"));
  audit = recorded({1, 1.5});
  audit.decisions.push_back("{}");
  EXPECT_THAT(replay(audit).first_difference, HasSubstr("no further decision"));
}

TEST(Replay, another_table_decides_otherwise) {
  const Audit audit = recorded({1, 1, 1});
  DesignTable slower = audit.start.model.table;
  for (TableRow& row : slower.rows)
    for (TableLayer& layer : row.layers) layer.cycles *= 1.4;
  const auto result = replay(audit, {.table = slower});
  ASSERT_TRUE(result) << result.error().text();
  ASSERT_FALSE(result.value().decisions.empty());
  EXPECT_EQ(result.value().decisions.back().choice, 2u) << "row 1 would run at 90 k";
  EXPECT_EQ(replay(audit).switches, 0u);
}

TEST(Replay, the_same_table_given_as_another_decides_the_same_way) {
  const Audit audit = recorded({1, 1.5, 0.9, 2.2});
  const auto result = replay(audit, {.table = audit.start.model.table});
  ASSERT_TRUE(result);
  const Replay own = replay(audit);
  ASSERT_EQ(result.value().decisions.size(), own.decisions.size());
  for (std::size_t d = 0; d < own.decisions.size(); ++d)
    EXPECT_EQ(result.value().decisions[d].choice, own.decisions[d].choice) << d;
}

TEST(Replay, refuses_a_table_of_another_design) {
  const Audit audit = recorded({1});
  DesignTable other = audit.start.model.table;
  other.design_hash = "feedfeedfeedfeed";
  const auto result = replay(audit, {.table = other});
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().text(), HasSubstr("of its own design"));
  other = audit.start.model.table;
  other.rows[1].layers.pop_back();
  EXPECT_FALSE(replay(audit, {.table = other}));
}

}  // namespace
}  // namespace sluice
