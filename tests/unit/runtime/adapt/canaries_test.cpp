// SPDX-License-Identifier: Apache-2.0
// Canaries in a closed loop with made-up pictures, of which is known on how many rows disagree.
#include <algorithm>
#include <random>

#include <gmock/gmock.h>

#include "runtime/adapt/replay.hpp"
#include "tests/support/design_models.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

PolicyOptions at_most(double share) {
  return {.policy = Policy::min_accuracy, .most_disagreement = share, .canary_period = 20};
}

// A stream and its log. Rows 1 and 2 disagree with row 0 on so many of its images.
struct CanaryLoop {
  Audit audit;
  Controller controller;
  std::mt19937 random{11};
  std::int64_t now_us = 0;
  std::vector<std::uint32_t> rows;  // of the answers
  std::uint64_t canaries = 0;

  explicit CanaryLoop(const PolicyOptions& options)
      : audit{{test::three_rows(), options, 9, "sim", "simulated"}},
        controller(audit.start.model, options, audit.start.lag_images) {}

  void run(std::size_t images, double row_1, double row_2, double ratio = 1) {
    std::uniform_real_distribution<double> draw(0, 1);
    for (std::size_t i = 0; i < images; ++i) {
      const std::uint64_t index = rows.size();
      const ImageRows of_image = controller.rows_for(index);
      const double at = draw(random);
      const auto seen = [&](std::uint32_t row) {
        const double cycles = ratio * audit.start.model.table.rows[row].cycles_per_image;
        Observation one = test::seen_with(audit.start.model, index, row, ratio, now_us += std::int64_t(cycles / 100));
        one.best_class = (row == 1 && at < row_1) || (row == 2 && at < row_2) ? 7 : 3;
        return one;
      };
      AuditImage image{seen(of_image.answer), controller.is_probe(index), {}};
      for (const std::uint32_t row : of_image.canaries) image.canaries.push_back(seen(row));
      rows.push_back(of_image.answer);
      canaries += image.canaries.size();
      if (const auto decision = controller.observe(image.seen, image.canaries))
        audit.decisions.push_back(to_line(*decision, audit.start.model));
      audit.images.push_back(std::move(image));
    }
  }
  std::uint64_t under(std::uint32_t row) const { return std::uint64_t(std::count(rows.begin(), rows.end(), row)); }
};

TEST(Canaries, min_accuracy_begins_with_the_densest_row_and_takes_a_faster_one_when_it_is_known) {
  CanaryLoop loop(at_most(0.03));
  loop.run(20 * 199, 0.001, 0.001);
  EXPECT_EQ(loop.under(0), loop.rows.size()) << "199 canaries are too few";
  EXPECT_FALSE(loop.controller.disagreement_bound(1));
  loop.run(20 * 400, 0.001, 0.001);
  EXPECT_EQ(loop.controller.row(), 2u);
  EXPECT_LT(*loop.controller.disagreement_bound(2), 0.03);
}

TEST(Canaries, a_row_that_disagrees_too_often_is_never_in_charge) {
  CanaryLoop loop(at_most(0.03));
  loop.run(30'000, 0.005, 0.10);
  EXPECT_EQ(loop.controller.row(), 1u);
  EXPECT_EQ(loop.under(2), 0u);
  EXPECT_NEAR(*loop.controller.disagreement_bound(2), 0.12, 0.03);
}

TEST(Canaries, a_rising_bound_moves_to_a_denser_row) {
  CanaryLoop loop(at_most(0.03));
  loop.run(20'000, 0.001, 0.001);
  ASSERT_EQ(loop.controller.row(), 2u);
  loop.run(6'000, 0.001, 0.15);
  EXPECT_NE(loop.controller.row(), 2u);
  EXPECT_EQ(replay(loop.audit).differences, 0u) << replay(loop.audit).first_difference;
}

TEST(Canaries, a_change_of_the_pictures_is_the_end_of_what_was_known) {
  CanaryLoop loop(at_most(0.03));
  loop.run(20'000, 0.001, 0.001);
  ASSERT_EQ(loop.controller.row(), 2u);
  loop.run(1'000, 0.001, 0.001, 1.5);
  EXPECT_EQ(loop.controller.row(), 0u);
  EXPECT_FALSE(loop.controller.disagreement_bound(2));
  EXPECT_THAT(loop.audit.decisions, testing::Contains(HasSubstr("nothing is known of the running row")));
  loop.run(20'000, 0.001, 0.001, 1.5);
  EXPECT_EQ(loop.controller.row(), 2u) << loop.audit.decisions.back();
}

TEST(Canaries, replay_is_identical_and_finds_an_edited_class) {
  CanaryLoop loop(at_most(0.03));
  loop.run(12'000, 0.004, 0.004);
  const Replay again = replay(loop.audit);
  EXPECT_EQ(again.differences, 0u) << again.first_difference;
  EXPECT_GE(again.switches, 1u);
  for (AuditImage& image : loop.audit.images)
    for (Observation& canary : image.canaries) canary.best_class = int(image.seen.index % 3);
  EXPECT_GT(replay(loop.audit).differences, 0u);
}

TEST(Canaries, target_fps_counts_what_they_cost) {
  PolicyOptions options{.policy = Policy::target_fps, .target_images_per_s = 50e3, .probe_period = 0};
  CanaryLoop without(options);
  without.run(4'000, 0, 0);
  options.canary_period = 5;
  options.target_images_per_s = 110e3;  // row 1 alone runs at 125 k, with a fifth of row 0 besides at 100 k
  CanaryLoop with(options);
  with.run(4'000, 0, 0);
  EXPECT_EQ(with.controller.row(), 2u);
  EXPECT_EQ(with.canaries, 800u);
  const std::string& last = with.audit.decisions.back();
  EXPECT_THAT(last, HasSubstr("\"realised_images_per_s\":1"));
  // Row 2: 5 us, and a fifth of 10 us.
  const double seconds = 1e-6 * double(with.now_us);
  EXPECT_NEAR(4'000 / seconds, 1e6 / 7, 1e6 / 7 * 0.05);
  EXPECT_EQ(replay(with.audit).differences, 0u);
}

TEST(Canaries, another_policy_is_asked_of_the_log) {
  CanaryLoop loop({.policy = Policy::fixed, .row = 1, .canary_period = 20});
  loop.run(20'000, 0.002, 0.002);
  auto taken = replay(loop.audit, {.policy = at_most(0.03)});
  ASSERT_TRUE(taken) << taken.error().text();
  EXPECT_GT(taken->images_of_row[1], 15'000u) << "row 1 was compared with row 0, row 2 never was";
  EXPECT_EQ(taken->images_of_row[2], 0u);
  auto faster = replay(loop.audit, {.policy = PolicyOptions{.row = 2}});
  ASSERT_TRUE(faster);
  EXPECT_NEAR(faster->images_per_s / replay(loop.audit).images_per_s, 8.0 / 5, 0.01);
  auto held = replay(loop.audit, {.policy = PolicyOptions{.policy = Policy::target_fps, .target_images_per_s = 140e3}});
  ASSERT_TRUE(held);
  EXPECT_GT(held->images_of_row[2], 15'000u);
}

TEST(Canaries, what_a_log_cannot_tell_is_refused) {
  CanaryLoop loop({.policy = Policy::fixed, .row = 1});
  loop.run(100, 0, 0);
  EXPECT_THAT(replay(loop.audit, {.policy = at_most(0.03)}).error().text(), HasSubstr("has no canaries"));
  EXPECT_THAT(replay(loop.audit, {.table = loop.audit.start.model.table, .policy = at_most(0.03)}).error().text(),
              HasSubstr("another table's rows"));
  EXPECT_THAT(replay(loop.audit, {.policy = PolicyOptions{.row = 5}}).error().text(), HasSubstr("row 5 is not in"));
}

}  // namespace
}  // namespace sluice
