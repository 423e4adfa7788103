// SPDX-License-Identifier: Apache-2.0
// Densities against a hand-worked example, against their sum, and samples against the density they claim to have.
#include "compiler/search/sampler/parzen.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace sluice::search {
namespace {

std::vector<const Point*> pointers(const std::vector<Point>& points) {
  std::vector<const Point*> made;
  for (const Point& point : points) made.push_back(&point);
  return made;
}

// Points 2 and 4 of 0..9: the axis is [-0.5, 9.5]; both gaps are 2, below the least width 10 / (2 + 2) = 2.5; the prior
// stands at 4.5 with width 10. So mass(v) is the mean of three cut normal masses of [v - 0.5, v + 0.5], here computed
// from the error function by itself.
TEST(Parzen, HandWorkedExample) {
  const Space space{.variables = {{"x", 0, 9, false}}};
  const std::vector<Point> points = {{2}, {4}};
  const ParzenMixture mixture(space, pointers(points), Weights::recent);
  EXPECT_NEAR(mixture.mass(0, 3), 0.14384535783656943, 1e-14);
  EXPECT_NEAR(mixture.mass(0, 9), 0.04041456857309272, 1e-14);
  EXPECT_NEAR(mixture.log_masses({{3}})[0], std::log(0.14384535783656943), 1e-13);
}

TEST(Parzen, OldPointsWeighLess) {
  const Space space{.variables = {{"x", 0, 1000, false}}};
  std::vector<Point> points(60, Point{100});
  points.resize(120, Point{900});
  const ParzenMixture recent(space, pointers(points), Weights::recent), equal(space, pointers(points), Weights::equal);
  EXPECT_NEAR(equal.mass(0, 100), equal.mass(0, 900), 1e-12);
  EXPECT_LT(recent.mass(0, 100), 0.5 * recent.mass(0, 900));
}

// Chi-square: the sum over cells of (found - expected)^2 / expected has mean `cells` and variance 2 * cells.
void expect_alike(const std::vector<double>& masses, const std::vector<std::size_t>& found, std::size_t draws) {
  double chi = 0, cells = 0, sum = 0;
  for (std::size_t i = 0; i < masses.size(); ++i) {
    const double expected = masses[i] * static_cast<double>(draws);
    sum += masses[i];
    if (expected < 5) continue;
    chi += std::pow(static_cast<double>(found[i]) - expected, 2) / expected;
    ++cells;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_LT(chi, cells + 5 * std::sqrt(2 * cells)) << cells << " cells";
  EXPECT_GT(chi, cells - 5 * std::sqrt(2 * cells)) << cells << " cells";
}

class ParzenSeeds : public testing::TestWithParam<std::uint64_t> {};

TEST_P(ParzenSeeds, SamplesHaveTheStatedDensity) {
  Random random(GetParam(), 0);
  const Space space{.variables = {{"plain", -20, 20, false}, {"log", 1, 200, true}, {"fixed", 7, 7, false}}};
  std::vector<Point> points;
  const std::size_t count = random.below(60);
  for (std::size_t i = 0; i < count; ++i)
    points.push_back({static_cast<std::int64_t>(random.below(12)), 1 + static_cast<std::int64_t>(random.below(30)), 7});
  const ParzenMixture mixture(space, pointers(points), Weights::recent);
  constexpr std::size_t kDraws = 100000;
  for (std::size_t v = 0; v < space.variables.size(); ++v) {
    const Variable& variable = space.variables[v];
    std::vector<double> masses;
    for (std::int64_t x = variable.low; x <= variable.high; ++x) masses.push_back(mixture.mass(v, x));
    std::vector<std::size_t> found(masses.size());
    for (std::size_t i = 0; i < kDraws; ++i)
      ++found[static_cast<std::size_t>(mixture.sample(v, random) - variable.low)];
    if (variable.low == variable.high)
      EXPECT_NEAR(masses[0], 1, 1e-12);
    else
      expect_alike(masses, found, kDraws);
  }
}

TEST_P(ParzenSeeds, JointSamplesHaveTheStatedDensity) {
  Random random(GetParam(), 1);
  const Space space{.variables = {{"x", 0, 14, false}, {"y", 1, 16, true}}};
  std::vector<Point> points, all;
  for (std::size_t i = 0; i < 8; ++i)
    points.push_back({static_cast<std::int64_t>(random.below(15)), 1 + static_cast<std::int64_t>(random.below(16))});
  const ParzenMixture mixture(space, pointers(points), Weights::equal);
  for (std::int64_t x = 0; x <= 14; ++x)
    for (std::int64_t y = 1; y <= 16; ++y) all.push_back({x, y});
  std::vector<double> masses = mixture.log_masses(all);
  for (double& mass : masses) mass = std::exp(mass);
  std::vector<std::size_t> found(all.size());
  constexpr std::size_t kDraws = 200000;
  for (std::size_t i = 0; i < kDraws; ++i) {
    const Point point = mixture.sample(random);
    ++found[static_cast<std::size_t>(point[0] * 16 + point[1] - 1)];
  }
  expect_alike(masses, found, kDraws);
}

INSTANTIATE_TEST_SUITE_P(Seed, ParzenSeeds, testing::Range<std::uint64_t>(1, 7),
                         [](const auto& info) { return std::to_string(info.param); });

}  // namespace
}  // namespace sluice::search
