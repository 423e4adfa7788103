// SPDX-License-Identifier: Apache-2.0
// The controller in a closed loop with made-up pictures, whose cost is known exactly.
#include "runtime/adapt/controller.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using test::seen_with;
using test::three_rows;

// Rates of the rows: 100 k, 125 k, 200 k images/s at ratio 1.
PolicyOptions target(double images_per_s) {
  return {.policy = Policy::target_fps,
          .target_images_per_s = images_per_s,
          .window_images = 500,
          .dwell_images = 64,
          .period_images = 16,
          .probe_period = 16};
}

struct Loop {
  DesignModel model = three_rows();
  Controller controller;
  std::vector<Decision> decisions;
  std::vector<std::uint32_t> rows;  // of every image
  std::int64_t now_us = 0;
  std::mt19937 random{7};

  explicit Loop(const PolicyOptions& options, std::uint64_t lag = 9) : controller(model, options, lag) {}

  // `scatter`: standard deviation of an image's cost, as a share of it.
  void run(std::size_t images, double mean_ratio, double scatter = 0) {
    std::normal_distribution<double> draw(1, scatter > 0 ? scatter : 1);
    for (std::size_t i = 0; i < images; ++i) {
      const double ratio = mean_ratio * (scatter > 0 ? std::max(0.5, draw(random)) : 1);
      const std::uint64_t index = rows.size();
      const std::uint32_t row = controller.rows_for(index).answer;
      rows.push_back(row);
      now_us += static_cast<std::int64_t>(10 * ratio * model.table.rows[row].cycles_per_image / 1000);
      if (auto decision = controller.observe(seen_with(model, index, row, ratio, now_us)))
        decisions.push_back(*decision);
    }
  }
  std::size_t switches() const {
    return std::count_if(decisions.begin(), decisions.end(), [](const Decision& d) { return d.choice != d.row; });
  }
};

TEST(Controller, starts_with_the_most_accurate_row_that_holds_the_target) {
  EXPECT_EQ(Controller(three_rows(), target(90e3), 1).row(), 0u);
  EXPECT_EQ(Controller(three_rows(), target(110e3), 1).row(), 1u);
  EXPECT_EQ(Controller(three_rows(), target(900e3), 1).row(), 2u) << "nothing holds it: the fastest";
}

TEST(Controller, fixed_never_moves_and_never_probes) {
  Loop loop({.policy = Policy::fixed, .row = 1});
  loop.run(500, 3.0);
  EXPECT_TRUE(loop.decisions.empty());
  for (const std::uint32_t row : loop.rows) EXPECT_EQ(row, 1u);
}

TEST(Controller, denser_pictures_move_to_a_sparser_row_and_back) {
  Loop loop(target(95e3));
  loop.run(320, 1.0);
  EXPECT_EQ(loop.controller.row(), 0u);
  EXPECT_EQ(loop.switches(), 0u);
  loop.run(320, 1.2);  // row 0: 83 k, row 1: 104 k
  EXPECT_EQ(loop.controller.row(), 1u);
  loop.run(320, 1.8);  // row 1: 69 k, row 2: 111 k
  EXPECT_EQ(loop.controller.row(), 2u);
  loop.run(640, 1.0);
  EXPECT_EQ(loop.controller.row(), 0u);
  EXPECT_LE(loop.switches(), 5u);
}

TEST(Controller, keeps_its_row_on_a_steady_stream) {
  Loop loop(target(95e3));
  // Row 0 with probes of row 1 runs at 95.9 k, and 95.6 k are safe, since one image scatters by 6 % and so a window of
  // 500 by 0.27 %. The mean of a hundred images is often below that.
  loop.run(40000, 1.0 / 0.947, 0.06);
  EXPECT_EQ(loop.switches(), 0u);
  EXPECT_EQ(loop.controller.row(), 0u);
}

TEST(Controller, a_row_that_misses_every_second_window_is_left) {
  Loop loop(target(95e3));
  loop.run(40000, 1.0 / 0.942, 0.06);  // row 0 at 95.4 k in the mean, probes included; 95.6 k are safe
  EXPECT_LE(loop.switches(), 3u);
  std::size_t under_row_0 = 0;
  for (const std::uint32_t row : loop.rows) under_row_0 += row == 0;
  EXPECT_LT(under_row_0, 6000u);
}

TEST(Controller, where_no_row_holds_probes_become_rare) {
  Loop loop(target(300e3));
  loop.run(4096, 1.0);
  EXPECT_EQ(loop.controller.row(), 2u);
  EXPECT_EQ(loop.decisions.back().reason, "the fastest row misses the target");
  std::size_t probes = 0;
  for (std::size_t i = 2048; i < 4096; ++i) probes += loop.rows[i] != 2;
  EXPECT_EQ(probes, 2048u / (16 * 8));
}

TEST(Controller, waits_out_the_dwell_time) {
  Loop loop(target(95e3));
  loop.run(64, 1.0);
  for (int i = 0; i < 40; ++i) loop.run(16, i % 2 ? 1.0 : 2.5);
  std::uint64_t last = 0;
  for (const Decision& d : loop.decisions) {
    if (d.choice == d.row) continue;
    if (last != 0) {
      EXPECT_GE(d.after_image, last + 64) << "a switch " << d.after_image - last << " images after the last";
    }
    last = d.effective_from;
  }
  EXPECT_GE(loop.switches(), 2u) << "the test must see switches";
}

TEST(Controller, the_longest_dwell_time_is_for_ever) {
  PolicyOptions options = target(95e3);
  options.dwell_images = ~std::uint64_t{0};
  Loop loop(options);
  loop.run(400, 1.5);
  loop.run(400, 1.0);
  EXPECT_EQ(loop.switches(), 1u);
}

TEST(Controller, a_decision_takes_effect_where_it_says) {
  Loop loop(target(95e3), 12);
  loop.run(400, 1.3);
  std::uint32_t row = 0;
  std::size_t next = 0;
  for (std::uint64_t i = 0; i < loop.rows.size(); ++i) {
    while (next < loop.decisions.size() && loop.decisions[next].effective_from <= i)
      row = loop.decisions[next++].choice;
    if (i % 16 != 15) EXPECT_EQ(loop.rows[i], row) << "image " << i;
  }
  EXPECT_EQ(loop.decisions[0].effective_from, loop.decisions[0].after_image + 12);
}

TEST(Controller, probes_go_to_the_next_row_and_one_of_eight_to_the_others) {
  Loop loop(target(95e3));
  loop.run(16 * 16, 1.0);
  std::vector<int> probes(3, 0);
  for (std::uint64_t i = 0; i < loop.rows.size(); ++i) {
    EXPECT_EQ(loop.rows[i] != 0, i % 16 == 15) << "image " << i;
    if (i % 16 == 15) ++probes[loop.rows[i]];
  }
  EXPECT_EQ(probes, (std::vector<int>{0, 14, 2}));
}

TEST(Controller, rate_is_realised_on_the_devices_clock) {
  Loop loop(target(50e3));
  loop.run(64, 1.0);
  // 15 images of 10 us and one probe of 8 or 5 us.
  EXPECT_NEAR(loop.decisions.back().realised_images_per_s, 102e3, 3e3);
  EXPECT_NEAR(loop.decisions.back().predicted_images_per_s[0], loop.decisions.back().realised_images_per_s, 3e3);
}

TEST(Controller, same_observations_same_decisions) {
  Loop a(target(95e3)), b(target(95e3));
  for (const double ratio : {1.0, 1.4, 0.8, 1.15, 2.0}) a.run(150, ratio), b.run(150, ratio);
  EXPECT_EQ(a.decisions, b.decisions);
  EXPECT_GT(a.switches(), 1u);
}

}  // namespace
}  // namespace sluice
