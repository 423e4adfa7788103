// SPDX-License-Identifier: Apache-2.0
// Intervals, latencies and gaps, worked out by hand.
#include "runtime/drivers/sim/pipeline_clock.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(PipelineClock, images_offered_at_once_leave_an_interval_apart) {
  PipelineClock clock;
  EXPECT_EQ(clock.pass(0, 30, 45), 45);
  EXPECT_EQ(clock.pass(0, 30, 45), 75);
  EXPECT_EQ(clock.pass(0, 20, 30), 95) << "a fast one waits for the one before";
}

TEST(PipelineClock, an_image_that_comes_late_takes_its_latency) {
  PipelineClock clock;
  EXPECT_EQ(clock.pass(100, 30, 45), 145);
  EXPECT_EQ(clock.pass(145, 30, 45), 190) << "one at a time: the latency, not the interval";
  EXPECT_EQ(clock.pass(500, 30, 45), 545);
}

}  // namespace
}  // namespace sluice
