// SPDX-License-Identifier: Apache-2.0
// What the monitor predicts, against arithmetic done by hand.
#include "runtime/observe/monitor.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using test::seen_with;
using test::three_rows;

// The device's clock shows exactly the cycles of the table's rows, times `slower`.
struct Clock {
  double now_us = 0;
  double slower = 1;
  std::int64_t after(const DesignModel& model, std::uint32_t row, double ratio) {
    now_us += slower * ratio * model.table.rows[row].cycles_per_image / 100;
    return std::llround(now_us);
  }
};

TEST(Monitor, before_any_image_the_table_speaks) {
  const Monitor monitor(three_rows());
  EXPECT_DOUBLE_EQ(monitor.forecast(0).interval_cycles, 1000);
  EXPECT_DOUBLE_EQ(monitor.forecast(2).interval_cycles, 500);
  EXPECT_DOUBLE_EQ(monitor.density(0)[0], 1000.0 / 1500);
}

TEST(Monitor, a_row_is_the_mean_of_its_images_slowest_layers) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  Clock clock;
  // Now one, now the other sparse layer is the slowest; the mean of each alone would be 1000.
  for (int i = 0; i < 4000; ++i) {
    Observation seen = seen_with(model, i, 0, 1.0, clock.after(model, 0, 1.2));
    seen.cycles[0] = i % 2 ? 1200 : 800;
    seen.cycles[1] = i % 2 ? 800 : 1200;
    monitor.observe(seen, Purpose::answer);
  }
  EXPECT_NEAR(monitor.forecast(0).interval_cycles, 1200, 2);
}

TEST(Monitor, error_shrinks_with_images) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  std::mt19937 random(3);
  std::normal_distribution<double> ratio(1, 0.06);
  const double before = monitor.forecast(0).relative_error;
  for (int i = 0; i < 900; ++i) monitor.observe(seen_with(model, i, 0, ratio(random), 10 * i), Purpose::answer);
  EXPECT_NEAR(monitor.scatter(), 0.06, 0.006);
  EXPECT_NEAR(monitor.forecast(0).relative_error, 0.06 / 30, 0.0003);
  EXPECT_GT(before, 10 * monitor.forecast(0).relative_error);
}

TEST(Monitor, a_change_of_the_pictures_reaches_every_row) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 500; ++i) monitor.observe(seen_with(model, i, 0, 1.0, 10 * i), Purpose::answer);
  EXPECT_EQ(monitor.changes(), 0u);
  for (int i = 500; i < 530; ++i) monitor.observe(seen_with(model, i, 0, 1.2, 10 * i), Purpose::answer);
  EXPECT_EQ(monitor.changes(), 1u);
  EXPECT_LT(monitor.images_since_change(), 25u);
  EXPECT_NEAR(monitor.forecast(0).interval_cycles / monitor.forecast(1).interval_cycles, 1.25, 0.02)
      << "row 1 was never seen";
  EXPECT_GT(monitor.forecast(1).relative_error, monitor.forecast(0).relative_error);
}

TEST(Monitor, a_row_that_was_probed_speaks_for_itself) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 3200; ++i) {
    const bool is_probe = i % 16 == 15;
    monitor.observe(seen_with(model, i, is_probe ? 1 : 0, is_probe ? 0.9 : 1.0, 10 * i),
                    is_probe ? Purpose::probe : Purpose::answer);
  }
  EXPECT_NEAR(monitor.forecast(1).interval_cycles, 720, 3);
}

TEST(Monitor, what_the_clock_shows_corrects_what_the_table_says_of_waiting) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  Clock clock{0, 1.1};
  for (int i = 0; i < 2000; ++i)
    monitor.observe(seen_with(model, i, 0, 1.0, clock.after(model, 0, 1.0)), Purpose::answer);
  EXPECT_NEAR(monitor.forecast(0).interval_cycles, 1100, 5);
}

TEST(Monitor, a_slow_source_is_no_slow_device) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  Clock clock{0, 3};
  for (int i = 0; i < 2000; ++i)
    monitor.observe(seen_with(model, i, 0, 1.0, clock.after(model, 0, 1.0)), Purpose::answer);
  EXPECT_NEAR(monitor.forecast(0).interval_cycles, 1000, 1);
}

TEST(Monitor, what_no_row_changes_bounds_the_rate) {
  DesignModel model = three_rows();
  model.floor_cycles = 900;
  const Monitor monitor(model);
  EXPECT_DOUBLE_EQ(monitor.forecast(2).interval_cycles, 900);
  EXPECT_DOUBLE_EQ(monitor.forecast(0).interval_cycles, 1000);
}

TEST(Monitor, density_is_that_of_the_pictures_and_changes_are_named) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 100; ++i) monitor.observe(seen_with(model, i, 1, i % 2 ? 0.99 : 1.01, i), Purpose::answer);
  EXPECT_NEAR(monitor.density(1)[1], 0.3, 0.003);
  EXPECT_TRUE(monitor.changing_layers(1).empty());
  for (int i = 0; i < 6; ++i) monitor.observe(seen_with(model, 100 + i, 1, 1.5, i), Purpose::answer);
  EXPECT_EQ(monitor.changing_layers(1), (std::vector<std::size_t>{0, 1})) << "the dense layer does not change";
}

TEST(Monitor, rounding_is_no_change_of_pictures_that_all_take_the_same) {
  const DesignModel model = three_rows();
  Monitor monitor(model);
  for (int i = 0; i < 60'000; ++i)
    monitor.observe(seen_with(model, i, 0, i < 1'000 ? 1.0 : 1.1, 10 * i), Purpose::answer);
  EXPECT_EQ(monitor.changes(), 1u);
  EXPECT_GT(monitor.images_since_change(), 58'000u);
}

}  // namespace
}  // namespace sluice
