// SPDX-License-Identifier: Apache-2.0
// Allocation against all combinations, and what else follows: monotone(), magnitude counts.
#include "compiler/search/allocation.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "compiler/search/magnitude_counts.hpp"
#include "compiler/search/monotone.hpp"

namespace sluice::search {
namespace {

// Fronts as option_front() leaves them, of integers, so that sums are exact.
DesignOptions random_options(std::mt19937_64& random) {
  const auto number = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  DesignOptions options;
  options.fixed_cycles = number(1, 40);
  for (int l = number(1, 5); l > 0; --l) {
    std::vector<LayerOption> layer;
    if (number(0, 4) > 0) {
      for (int o = number(1, 5); o > 0; --o)
        layer.push_back({{0, o, {}}, double(number(1, 50)), double(number(1, 100))});
      layer.insert(layer.begin(), {{}, 0, double(number(50, 100))});
      layer = option_front(std::move(layer));
    }
    options.layers.push_back(layer.size() > 1 ? layer : std::vector<LayerOption>());
  }
  return options;
}

// The least loss of any combination that keeps the interval.
double least_loss(const DesignOptions& options, double interval, std::size_t layer = 0) {
  if (options.fixed_cycles > interval) return std::numeric_limits<double>::infinity();
  if (layer == options.layers.size()) return 0;
  if (options.layers[layer].empty()) return least_loss(options, interval, layer + 1);
  double least = std::numeric_limits<double>::infinity();
  for (const LayerOption& option : options.layers[layer]) {
    if (option.cycles <= interval) least = std::min(least, option.loss + least_loss(options, interval, layer + 1));
  }
  return least;
}

TEST(Allocation, loses_as_little_as_the_best_of_all_combinations) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const DesignOptions options = random_options(random);
    for (double interval = 0; interval <= 105; interval += 3.5) {
      const auto found = allocate(options, interval);
      const double least = least_loss(options, interval);
      ASSERT_EQ(found.has_value(), least < std::numeric_limits<double>::infinity()) << interval;
      if (!found) continue;
      EXPECT_EQ(found->loss, least) << interval;
      EXPECT_LE(found->cycles, interval);
    }
  }
}

TEST(Allocation, its_family_is_the_whole_front) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const DesignOptions options = random_options(random);
    const std::vector<Allocation> family = all_allocations(options);
    ASSERT_FALSE(family.empty());
    EXPECT_EQ(family.front().loss, 0) << "the densest";
    for (std::size_t a = 0; a < family.size(); ++a) {
      EXPECT_EQ(family[a].loss, least_loss(options, family[a].cycles));
      const double next = a + 1 < family.size() ? family[a + 1].cycles : 0;
      EXPECT_LT(next, family[a].cycles);
      // Nothing between two of them.
      const double between = (family[a].cycles + next) / 2;
      if (a + 1 < family.size()) {
        EXPECT_GE(least_loss(options, between), family[a].loss);
      }
    }
    const std::vector<Allocation> few = thinned(family, 3);
    EXPECT_LE(few.size(), 3u);
    EXPECT_EQ(few.front(), family.front());
    EXPECT_EQ(few.back(), family.back());
  }
}

TEST(Monotone, is_the_rising_sequence_nearest_to_the_figures) {
  EXPECT_EQ(monotone({}), std::vector<double>());
  EXPECT_EQ(monotone({1, 2, 3}), (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(monotone({3, 1, 2, 4}), (std::vector<double>{2, 2, 2, 4}));
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<double> figures(5);
    for (double& figure : figures) figure = std::uniform_int_distribution<int>(0, 6)(random);
    const std::vector<double> rising = monotone(figures);
    EXPECT_TRUE(std::is_sorted(rising.begin(), rising.end())) << "seed " << seed;
    EXPECT_NEAR(std::accumulate(rising.begin(), rising.end(), 0.0),
                std::accumulate(figures.begin(), figures.end(), 0.0), 1e-12);
    const auto distance = [&](const std::vector<double>& to) {
      double sum = 0;
      for (std::size_t i = 0; i < figures.size(); ++i) sum += (to[i] - figures[i]) * (to[i] - figures[i]);
      return sum;
    };
    // Against random rising sequences.
    for (int other = 0; other < 200; ++other) {
      std::vector<double> any(5);
      for (double& value : any) value = std::uniform_real_distribution<double>(0, 6)(random);
      std::sort(any.begin(), any.end());
      EXPECT_LE(distance(rising), distance(any) + 1e-9) << "seed " << seed;
    }
  }
}

TEST(MagnitudeCounts, a_threshold_leaves_out_at_least_its_share_but_never_all) {
  std::mt19937_64 random(4);
  MagnitudeCounts counts(127);
  std::vector<int> codes;
  for (int i = 0; i < 2000; ++i) {
    codes.push_back(std::clamp(int(std::normal_distribution<double>(0, 30)(random)), -127, 127));
    counts.add(codes.back());
  }
  double nonzero = 0;
  for (const int code : codes) nonzero += code != 0;
  for (const double share : {0.05, 0.3, 0.6, 0.9}) {
    const int threshold = counts.threshold(share);
    double below = 0;
    for (const int code : codes) below += code != 0 && std::abs(code) < threshold;
    EXPECT_GE(below / nonzero, share);
    EXPECT_NEAR(below / nonzero, share, 0.05) << "one code holds some 3 %";
    EXPECT_DOUBLE_EQ(counts.share_below(threshold), below / nonzero);
  }
  EXPECT_EQ(counts.threshold(0), 0);
  MagnitudeCounts alike(127);
  for (int i = 0; i < 10; ++i) alike.add(127);
  EXPECT_EQ(alike.threshold(0.5), 127) << "a 0/1 shortcut keeps its weights";
  EXPECT_EQ(alike.share_below(127), 0);
}

}  // namespace
}  // namespace sluice::search
