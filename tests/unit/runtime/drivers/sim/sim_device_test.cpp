// SPDX-License-Identifier: Apache-2.0
// The simulated device answers what the reference computes, at the rate and with the latency of the cycle simulator.
#include "runtime/drivers/sim/sim_device.hpp"

#include <gtest/gtest.h>

#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "runtime/evaluate/picture_model.hpp"
#include "runtime/simulate/simulation.hpp"
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
    return reference_counters(bundle_->design(), codes, run_reference(bundle_->network(), codes, thresholds),
                              thresholds);
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

// The device times a row by its first picture here (this bundle has no golden ones), the simulator takes every picture.
TEST_F(Sim, steady_rate_is_the_simulators_within_two_percent) {
  const Design& design = bundle_->design();
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const PictureModel model(design, bundle_->table().all_thresholds(design.network, design.netlist));
  auto device = open_sim_device(*bundle_, {.capacity = 8, .is_paced = false});
  ASSERT_TRUE(device);
  for (std::uint32_t row = 0; row < 3; ++row) {
    simulate::Simulation simulation(design.netlist, pictures_.size());
    double first = 0, last = 0;
    for (std::size_t i = 0; i < 2 * pictures_.size(); ++i) {
      const auto& codes = pictures_[i % pictures_.size()];
      ASSERT_TRUE(simulation.pass(scheduler.programs(model.picture(codes, row).work)));
      ASSERT_TRUE((*device)->submit({0, row, codes}));
      last = static_cast<double>((*device)->collect()->completed_at.count()) / 10;  // 100 MHz
      if (i + 1 == pictures_.size()) first = last;
    }
    const double interval = (last - first) / static_cast<double>(pictures_.size());
    EXPECT_NEAR(interval / simulation.report().interval_cycles, 1, 0.02) << "row " << row;
  }
}

TEST_F(Sim, one_image_at_a_time_takes_the_simulators_latency) {
  const Design& design = bundle_->design();
  const simulate::Scheduler scheduler = simulate::Scheduler(design.netlist);
  const PictureModel model(design, bundle_->table().all_thresholds(design.network, design.netlist));
  auto device = open_sim_device(*bundle_, {.capacity = 1, .is_paced = false});
  ASSERT_TRUE(device);
  for (std::size_t i = 0; i < 6; ++i) {
    simulate::Pipeline empty(design.netlist);
    const auto alone = static_cast<double>(empty.pass(scheduler.programs(model.picture(pictures_[i], 1).work)).value());
    ASSERT_TRUE((*device)->submit({i, 1, pictures_[i]}));
    const double cycles = static_cast<double>((*device)->collect()->device_time.count()) / 10;
    EXPECT_NEAR(cycles / alone, 1, 0.03) << i;
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
