// SPDX-License-Identifier: Apache-2.0
// Rates that the monitor predicts, against arithmetic done by hand.
#include "runtime/observe/monitor.hpp"

#include <gtest/gtest.h>

#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using test::seen_with;
using test::three_rows;

TEST(Monitor, before_any_image_the_table_speaks) {
  const Monitor monitor(three_rows());
  EXPECT_DOUBLE_EQ(monitor.predicted_images_per_s(0, 0), 1e8 / 1000);
  EXPECT_DOUBLE_EQ(monitor.predicted_images_per_s(2, 0), 1e8 / 500);
  EXPECT_DOUBLE_EQ(monitor.density(0)[0], 1000.0 / 1500);
}

TEST(Monitor, a_row_not_seen_is_off_its_assumption_like_the_one_that_runs) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 20; ++i) monitor.observe(seen_with(model, i, 0, 1.2, i));
  EXPECT_NEAR(monitor.predicted_images_per_s(0, 0), 1e8 / 1200, 1);
  EXPECT_NEAR(monitor.predicted_images_per_s(1, 0), 1e8 / 960, 1);
}

TEST(Monitor, a_row_that_was_probed_speaks_for_itself) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 64; ++i) monitor.observe(seen_with(model, i, i % 16 == 15 ? 1 : 0, i % 16 == 15 ? 0.9 : 1.3, i));
  EXPECT_NEAR(monitor.predicted_images_per_s(0, 0), 1e8 / 1300, 1);
  EXPECT_NEAR(monitor.predicted_images_per_s(1, 0), 1e8 / 720, 1);
}

TEST(Monitor, probes_cost_what_their_rows_take) {
  const Monitor monitor(three_rows());
  // Row 2 with a quarter of the images under rows 0 and 1 in turn: 0.75 * 500 + 0.125 * (1000 + 800).
  EXPECT_DOUBLE_EQ(monitor.predicted_images_per_s(2, 0.25), 1e8 / 600);
}

TEST(Monitor, what_no_row_changes_bounds_the_rate) {
  DesignModel model = three_rows();
  model.floor_cycles = 900;
  const Monitor monitor(model);
  EXPECT_DOUBLE_EQ(monitor.predicted_images_per_s(2, 0), 1e8 / 900);
  EXPECT_DOUBLE_EQ(monitor.predicted_images_per_s(0, 0), 1e8 / 1000);
}

TEST(Monitor, density_is_that_of_the_pictures_and_changes_are_named) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 100; ++i) monitor.observe(seen_with(model, i, 1, i % 2 ? 0.99 : 1.01, i));
  EXPECT_NEAR(monitor.density(1)[1], 0.3, 0.003);
  EXPECT_TRUE(monitor.changing_layers(1).empty());
  for (int i = 0; i < 6; ++i) monitor.observe(seen_with(model, 100 + i, 1, 1.5, i));
  EXPECT_EQ(monitor.changing_layers(1), (std::vector<std::size_t>{0, 1})) << "the dense layer does not change";
}

}  // namespace
}  // namespace sluice
