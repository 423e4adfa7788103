// SPDX-License-Identifier: Apache-2.0
// Tables worked out by hand for independent zeros, and lock step against counted data.
#include "compiler/model/vector_cycles.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

// The published algebra: the ceiling of the mean, which ignores its spread, and the same without the ceiling.
double ceiling_cycles(double density, int lanes, int pairs) {
  constexpr double kHair = 1e-9;  // a mean that decimals made (0.3 * 9 * ...) may lie a hair above a whole number
  return std::ceil(density * lanes / pairs - kHair);
}
double continuous_cycles(double density, int lanes, int pairs) { return std::max(1.0, density * lanes / pairs); }

// M = 9. A row for each sparsity, a cell for each N from 1: ceiling / continuous / exact / exact with skipping.
struct NinesRow {
  double sparsity;
  const char* cells[6];
};

constexpr NinesRow kNines[] = {
    {0.3,
     {"7 / 6.300 / 6.300 / 6.300", "4 / 3.150 / 3.400 / 3.400", "3 / 2.100 / 2.438 / 2.438",
      "2 / 1.575 / 1.942 / 1.942", "2 / 1.260 / 1.730 / 1.730", "2 / 1.050 / 1.463 / 1.463"}},
    {0.5,
     {"5 / 4.500 / 4.502 / 4.500", "3 / 2.250 / 2.502 / 2.500", "2 / 1.500 / 1.836 / 1.834",
      "2 / 1.125 / 1.502 / 1.500", "1 / 1.000 / 1.254 / 1.252", "1 / 1.000 / 1.090 / 1.088"}},
    {0.6,
     {"4 / 3.600 / 3.610 / 3.600", "2 / 1.800 / 2.060 / 2.050", "2 / 1.200 / 1.542 / 1.532",
      "1 / 1.000 / 1.267 / 1.257", "1 / 1.000 / 1.099 / 1.089", "1 / 1.000 / 1.025 / 1.015"}},
    {0.7,
     {"3 / 2.700 / 2.740 / 2.700", "2 / 1.350 / 1.640 / 1.600", "1 / 1.000 / 1.275 / 1.234",
      "1 / 1.000 / 1.099 / 1.058", "1 / 1.000 / 1.025 / 0.985", "1 / 1.000 / 1.004 / 0.964"}},
    {0.8,
     {"2 / 1.800 / 1.934 / 1.800", "1 / 1.000 / 1.282 / 1.147", "1 / 1.000 / 1.086 / 0.952",
      "1 / 1.000 / 1.020 / 0.885", "1 / 1.000 / 1.003 / 0.869", "1 / 1.000 / 1.000 / 0.866"}}};

TEST(VectorCycles, reproduces_every_cell_for_nine_lanes) {
  for (const NinesRow& row : kNines) {
    for (int pairs = 1; pairs <= 6; ++pairs) {
      const double density = 1 - row.sparsity;
      const LiveHistogram live = independent_lanes(density, 9);
      EXPECT_EQ(
          fmt::format("{:.0f} / {:.3f} / {:.3f} / {:.3f}", ceiling_cycles(density, 9, pairs),
                      continuous_cycles(density, 9, pairs), mean_cycles(live, pairs), mean_cycles(live, pairs, true)),
          row.cells[pairs - 1])
          << "sparsity " << row.sparsity << ", N " << pairs;
    }
  }
}

struct LargeRow {
  int lanes;
  double sparsity;
  const char* cells[4];  // N = M / 8, M / 4, 3 M / 8, M / 2: exact without skipping (ceiling)
};

constexpr LargeRow kLarge[] = {{16, 0.5, {"4.250 (4)", "2.374 (2)", "1.783 (2)", "1.402 (1)"}},
                               {16, 0.7, {"2.653 (3)", "1.576 (2)", "1.175 (1)", "1.026 (1)"}},
                               {32, 0.5, {"4.375 (4)", "2.428 (2)", "1.893 (2)", "1.430 (1)"}},
                               {32, 0.7, {"2.775 (3)", "1.661 (2)", "1.133 (1)", "1.005 (1)"}},
                               {64, 0.5, {"4.437 (4)", "2.450 (2)", "1.970 (2)", "1.450 (1)"}},
                               {64, 0.7, {"2.842 (3)", "1.767 (2)", "1.076 (1)", "1.000 (1)"}}};

TEST(VectorCycles, reproduces_every_cell_for_more_lanes) {
  for (const LargeRow& row : kLarge) {
    for (int i = 0; i < 4; ++i) {
      const int pairs = row.lanes * (i + 1) / 8;
      const double density = 1 - row.sparsity;
      EXPECT_EQ(fmt::format("{:.3f} ({:.0f})", mean_cycles(independent_lanes(density, row.lanes), pairs),
                            ceiling_cycles(density, row.lanes, pairs)),
                row.cells[i])
          << "M " << row.lanes << ", sparsity " << row.sparsity << ", N " << pairs;
    }
  }
}

TEST(VectorCycles, long_vectors_neither_vanish_nor_overflow) {
  const LiveHistogram live = independent_lanes(0.4, 4608);
  double all = 0, mean = 0;
  for (std::size_t z = 0; z < live.size(); ++z) all += live[z], mean += double(z) * live[z];
  EXPECT_NEAR(all, 1, 1e-9);
  EXPECT_NEAR(mean, 0.4 * 4608, 1e-5);
  EXPECT_EQ(mean_cycles(independent_lanes(0, 9), 2), 1);
  EXPECT_EQ(mean_cycles(independent_lanes(0, 9), 2, true), 0);
  EXPECT_EQ(mean_cycles(independent_lanes(1, 9), 2), 5);
}

TEST(VectorCycles, counts_need_not_be_normalised) {
  EXPECT_DOUBLE_EQ(mean_cycles({2, 0, 6}, 1), (2 * 1 + 6 * 2) / 8.0);
  EXPECT_DOUBLE_EQ(mean_cycles({2, 0, 6}, 1, true), (6 * 2) / 8.0);
}

TEST(LockStep, one_filter_is_the_mean) {
  for (int pairs = 1; pairs <= 9; ++pairs) {
    const LiveHistogram live = independent_lanes(0.35, 9);
    EXPECT_NEAR(lock_step_cycles(live, 1, pairs), mean_cycles(live, pairs), 1e-12);
  }
}

TEST(LockStep, by_hand) {
  // Two filters that take 1 or 3 cycles evenly: the slower takes 3 in three of four cases.
  EXPECT_DOUBLE_EQ(lock_step_cycles(LiveHistogram{0, 1, 0, 1}, 2, 1), 0.25 * 1 + 0.75 * 3);
  EXPECT_DOUBLE_EQ(lock_step_cycles({LiveHistogram{0, 1, 0, 1}, LiveHistogram{0, 0, 1}}, 1), 0.5 * 2 + 0.5 * 3);
  // Filters {1, 5, 0} in groups of two: max(1, 5) + max(1, 0); with two pairs a cycle 3 + 1.
  EXPECT_EQ(lock_step_cycles_of({1, 5, 0}, 3, 2, 1), 6);
  EXPECT_EQ(lock_step_cycles_of({1, 5, 0}, 3, 2, 2), 4);
}

class LockStepSeeds : public ::testing::TestWithParam<unsigned> {};

// Independent data agree with the independence formula; filters that lose the same lanes together are faster than it
// says.
TEST_P(LockStepSeeds, formula_and_data_agree_where_filters_are_independent) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  std::mt19937 random(GetParam());
  const int lanes = 2 + int(random() % 15), filters = 1 + int(random() % 8),
            pairs = 1 + int(random() % unsigned(lanes));
  const double density = 0.1 + 0.8 * double(random()) / 4294967296.0;
  constexpr int kVectors = 20000;
  std::vector<int> apart, together;
  for (int v = 0; v < kVectors; ++v) {
    std::binomial_distribution<int> live(lanes, density);
    const int shared = live(random);
    for (int f = 0; f < filters; ++f) apart.push_back(live(random)), together.push_back(shared);
  }
  const double formula = lock_step_cycles(independent_lanes(density, lanes), filters, pairs);
  EXPECT_NEAR(double(lock_step_cycles_of(apart, filters, filters, pairs)) / kVectors, formula, 0.03 * formula);
  const double alike = double(lock_step_cycles_of(together, filters, filters, pairs)) / kVectors;
  EXPECT_NEAR(alike, mean_cycles(independent_lanes(density, lanes), pairs), 0.03 * formula);
  EXPECT_LE(alike, formula * 1.03);
}

INSTANTIATE_TEST_SUITE_P(seeds, LockStepSeeds, ::testing::Range(1u, 21u));

}  // namespace
}  // namespace sluice
