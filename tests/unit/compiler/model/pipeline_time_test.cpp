// SPDX-License-Identifier: Apache-2.0
// The banded estimate lies between the largest mean and the mean of the largest.
#include "compiler/model/pipeline_time.hpp"

#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(BandedInterval, by_hand) {
  const SliceCycles slices{{10, 2}, {2, 10}, {10, 2}, {2, 4}};
  EXPECT_DOUBLE_EQ(banded_interval(slices, 1), (10 + 10 + 10 + 4) / 4.0);
  EXPECT_DOUBLE_EQ(banded_interval(slices, 2), (12 + 12) / 4.0);
  EXPECT_DOUBLE_EQ(banded_interval(slices, 3), (22 + 4) / 4.0);
  EXPECT_DOUBLE_EQ(mean_interval(slices), 24 / 4.0);
  EXPECT_EQ(banded_interval({}, 3), 0);
}

TEST(PipelineTime, bands_are_as_long_as_streams_absorb) {
  // Two layers take turns of four slices: 10 against 2 cycles. Over n slices the one runs 4 n cycles ahead.
  SliceCycles slices;
  for (int s = 0; s < 32; ++s)
    slices.push_back(s / 4 % 2 == 0 ? std::vector<double>{10, 2} : std::vector<double>{2, 10});
  EXPECT_DOUBLE_EQ(mean_interval(slices), 6);
  EXPECT_DOUBLE_EQ(absorbed_interval(slices, 0), 10);
  EXPECT_DOUBLE_EQ(absorbed_interval(slices, 15.9 / 6), 10) << "a turn is 4 slices of 4 cycles ahead, which do not fit";
  EXPECT_DOUBLE_EQ(absorbed_interval(slices, 16.1 / 6), 6);
  EXPECT_EQ(absorbed_interval({}, 1), 0);
}

TEST(BandedInterval, merging_bands_never_slows) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937 random(seed);
    SliceCycles slices(64, std::vector<double>(1 + random() % 9));
    for (auto& slice : slices) {
      for (double& cycles : slice) cycles = double(random() % 1000);
    }
    double shorter = banded_interval(slices, 1);
    for (int length = 2; length <= 64; length *= 2) {
      const double longer = banded_interval(slices, length);
      EXPECT_LE(longer, shorter);
      shorter = longer;
    }
    EXPECT_DOUBLE_EQ(shorter, mean_interval(slices));
  }
}

}  // namespace
}  // namespace sluice
