// SPDX-License-Identifier: Apache-2.0
// What cannot be asked of a controller is refused in words.
#include "runtime/adapt/policy.hpp"

#include <gmock/gmock.h>

#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

void expect_refused(const Status& status, const std::string& words) {
  ASSERT_FALSE(status) << "accepted; expected: " << words;
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr(words));
}

TEST(Policy, a_row_the_table_does_not_have) {
  const DesignTable table = test::three_rows().table;
  expect_refused(check_policy({.row = 3}, table), "row 3 is not in the design table, which has rows 0 to 2");
  EXPECT_TRUE(check_policy({.row = 2}, table));
}

TEST(Policy, numbers_that_are_none) {
  const DesignTable table = test::three_rows().table;
  PolicyOptions options{.policy = Policy::target_fps};
  expect_refused(check_policy(options, table), "0 images/s is not a rate");
  options.target_images_per_s = std::nan("");
  expect_refused(check_policy(options, table), "is not a rate");
  options.target_images_per_s = 100;
  EXPECT_TRUE(check_policy(options, table));
  options.window_images = 0;
  expect_refused(check_policy(options, table), "over 0 images");
  options.window_images = 1;
  options.probe_period = 1;
  expect_refused(check_policy(options, table), "a probe every image");
  options.probe_period = 0;
  EXPECT_TRUE(check_policy(options, table));
  options.period_images = 0;
  expect_refused(check_policy(options, table), "every 0 images");
}

TEST(Policy, min_accuracy_needs_rows_a_limit_and_canaries) {
  DesignTable table = test::three_rows().table;
  PolicyOptions options{.policy = Policy::min_accuracy, .most_disagreement = 0.02, .canary_period = 50};
  EXPECT_TRUE(check_policy(options, table));
  for (const double none : {0.0, -0.1, 1.0, std::nan("")}) {
    options.most_disagreement = none;
    expect_refused(check_policy(options, table), "is no limit");
  }
  options.most_disagreement = 0.02;
  options.canary_period = 0;
  expect_refused(check_policy(options, table), "without canaries nothing is known");
  expect_refused(check_policy(options, DeviceInfo{"cpu", "cpu", "measured"}), "policy min-accuracy: on device cpu");
  options.canary_period = 50;
  table.rows.resize(1);
  expect_refused(check_policy(options, table), "the design table has one row, so there is no faster one");
  expect_refused(check_policy({.canary_period = 50}, table), "canaries compare rows with the densest one");
}

TEST(Policy, a_table_without_cycles_predicts_nothing) {
  DesignTable table = test::three_rows().table;
  table.rows[1].cycles_per_image = 0;
  expect_refused(check_policy({.policy = Policy::target_fps, .target_images_per_s = 10}, table),
                 "row 1 of the design table has no cycles");
}

TEST(Policy, a_target_on_a_device_whose_rows_change_nothing_names_sim) {
  const PolicyOptions options{.policy = Policy::target_fps, .target_images_per_s = 10};
  expect_refused(check_policy(options, DeviceInfo{"pocl", "cpu", "measured"}), "--device sim");
  EXPECT_TRUE(check_policy(options, DeviceInfo{"sim", "model", "simulated", true}));
  EXPECT_TRUE(check_policy({}, DeviceInfo{"pocl", "cpu", "measured"}));
}

TEST(Policy, a_faster_row_counts_as_less_accurate_unless_its_interval_says_otherwise) {
  DesignTable table = test::three_rows().table;
  const auto lose = [&](std::size_t row, double low, double points, double high) {
    table.rows[row].loss_low = low, table.rows[row].loss_points = points, table.rows[row].loss_high = high;
  };
  lose(0, 0.1, 0.5, 0.9), lose(1, -0.4, -0.2, 0.2), lose(2, 1, 2, 3);
  EXPECT_THAT(rows_by_accuracy(table), testing::ElementsAre(0, 1, 2)) << "intervals overlap";
  lose(1, -0.4, -0.2, 0.05);
  EXPECT_THAT(rows_by_accuracy(table), testing::ElementsAre(1, 0, 2)) << "they do not";
  lose(2, -3, -2, -1);
  EXPECT_THAT(rows_by_accuracy(table), testing::ElementsAre(2, 1, 0));
}

}  // namespace
}  // namespace sluice
