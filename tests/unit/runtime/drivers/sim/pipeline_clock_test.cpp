// SPDX-License-Identifier: Apache-2.0
// Three layers, worked out by hand.
#include "runtime/drivers/sim/pipeline_clock.hpp"

#include <random>

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(PipelineClock, images_overlap_in_layers) {
  PipelineClock clock;
  // begin 0, 0, 0; end 10, 30, 5.
  EXPECT_EQ(clock.pass(0, {10, 30, 5}), 30);
  // The first layer is free at 10, the second at 30; the third begins with it: ends 20, 60, 35.
  EXPECT_EQ(clock.pass(0, {10, 30, 5}), 60);
  EXPECT_EQ(clock.pass(0, {10, 30, 5}), 90);
}

TEST(PipelineClock, an_idle_pipeline_waits_for_the_image) {
  PipelineClock clock;
  EXPECT_EQ(clock.pass(100, {10, 20}), 120);
  EXPECT_EQ(clock.pass(500, {10, 20}), 520);
}

TEST(PipelineClock, a_fast_image_leaves_behind_a_slow_one) {
  PipelineClock clock;
  EXPECT_EQ(clock.pass(0, {10, 100, 10}), 100);
  EXPECT_EQ(clock.pass(0, {10, 1, 10}), 110) << "it waits for the second layer";
}

TEST(PipelineClock, the_steady_rate_is_that_of_the_slowest_mean) {
  // The slowest layer changes from image to image; streams are deep, so the means decide.
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> a(50, 150), b(80, 140), c(0, 200);
  PipelineClock clock;
  double last = 0, first = 0;
  const int images = 20000;
  for (int i = 0; i < images; ++i) {
    const double left = clock.pass(0, {a(random), b(random), c(random)});
    EXPECT_GE(left, last);
    last = left;
    if (i == 0) first = left;
  }
  EXPECT_NEAR((last - first) / (images - 1), 110, 2);
}

}  // namespace
}  // namespace sluice
