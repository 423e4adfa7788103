// SPDX-License-Identifier: Apache-2.0
// The simulated device answers what the reference computes, at the times of the pipeline clock.
#include "runtime/drivers/sim/sim_device.hpp"

#include <gtest/gtest.h>

#include "runtime/bundle/layer_cycles.hpp"
#include "runtime/drivers/sim/pipeline_clock.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/sparse_bundle.hpp"

namespace sluice::test {
namespace {

class Sim : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = sparse_bundle(scratch_);
    ASSERT_TRUE(opened) << opened.error().text();
    bundle_.emplace(std::move(opened).value());
    for (int i = 0; i < 24; ++i) pictures_.push_back(random_codes(random_, bundle_->network()));
  }

  std::vector<LayerCounters> counters(const std::vector<std::int16_t>& codes, std::uint32_t row) const {
    const auto thresholds = bundle_->table().thresholds(bundle_->network(), bundle_->netlist(), row);
    return reference_counters(bundle_->design(), codes, run_reference(bundle_->network(), codes, thresholds), thresholds);
  }

  // All pictures through the device, rows in turn, the device kept full.
  std::vector<ImageScores> run(Device& device) {
    std::vector<ImageScores> all;
    for (std::size_t i = 0; i < pictures_.size(); ++i) {
      if (i >= device.capacity()) all.push_back(device.collect().value());
      EXPECT_TRUE(device.submit({i, static_cast<std::uint32_t>(i % 3), pictures_[i]}));
    }
    while (all.size() < pictures_.size()) all.push_back(device.collect().value());
    return all;
  }

  Scratch scratch_;
  Random random_{4};
  std::optional<Bundle> bundle_;
  std::vector<std::vector<std::int16_t>> pictures_;
};

TEST_F(Sim, scores_and_counters_are_the_references) {
  auto device = open_sim_device(*bundle_, {.is_paced = false});
  ASSERT_TRUE(device);
  const auto all = run(**device);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto thresholds = bundle_->table().thresholds(bundle_->network(), bundle_->netlist(), i % 3);
    EXPECT_EQ(all[i].scores, reference_scores(bundle_->network(), pictures_[i], thresholds)) << i;
    EXPECT_EQ(all[i].counters, counters(pictures_[i], i % 3)) << i;
  }
}

TEST_F(Sim, unpaced_times_are_those_of_a_pipeline_that_is_always_full) {
  auto device = open_sim_device(*bundle_, {.capacity = 4, .is_paced = false});
  ASSERT_TRUE(device);
  const auto all = run(**device);
  PipelineClock clock;
  std::vector<double> left;
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::vector<double> cycles = layer_cycles(bundle_->design(), counters(pictures_[i], i % 3));
    cycles.insert(cycles.begin(), 64);  // 8 x 8 pixels of one beat enter
    const double offered = i < 4 ? 0 : left[i - 4];
    left.push_back(clock.pass(offered, cycles));
    // 100 MHz: a cycle is 10 ns; the device keeps whole nanoseconds.
    EXPECT_NEAR(static_cast<double>(all[i].completed_at.count()), 10 * left.back(), 2) << i;
    EXPECT_NEAR(static_cast<double>(all[i].device_time.count()), 10 * (left.back() - offered), 3) << i;
  }
}

TEST_F(Sim, steady_rate_agrees_with_the_table) {
  auto device = open_sim_device(*bundle_, {.capacity = 8, .is_paced = false});
  ASSERT_TRUE(device);
  for (std::uint32_t row = 0; row < 3; ++row) {
    double first = 0, last = 0;
    const int images = 96;
    for (int i = 0; i < images; ++i) {
      ASSERT_TRUE((*device)->submit({0, row, pictures_[std::size_t(i) % pictures_.size()]}));
      last = 1e-9 * static_cast<double>((*device)->collect()->completed_at.count());
      if (i == 0) first = last;
    }
    const double rate = (images - 1) / (last - first);
    // Other random pictures than those that made the table; the mean over 24 of them is within a few percent.
    EXPECT_NEAR(rate / bundle_->table().rows[row].throughput_images_per_s, 1, 0.05) << "row " << row;
  }
}

TEST_F(Sim, paced_answers_do_not_come_before_their_time) {
  // A clock so slow that this machine is always done long before.
  const Scratch scratch;
  const Bundle slow = sparse_bundle(scratch, 1).value();
  auto device = open_sim_device(slow, {.capacity = 1, .is_paced = true});
  ASSERT_TRUE(device);
  const auto begin = std::chrono::steady_clock::now();
  std::chrono::nanoseconds first{0}, last{0};
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE((*device)->submit({0, 0, pictures_[0]}));
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores);
    EXPECT_GT(scores->completed_at, last);
    last = scores->completed_at;
    if (i == 0) first = last;
  }
  EXPECT_GT(last - first, std::chrono::milliseconds(10)) << "the device must be slow for this test to say anything";
  EXPECT_GE(std::chrono::steady_clock::now() - begin, last - first);
}

}  // namespace
}  // namespace sluice::test
