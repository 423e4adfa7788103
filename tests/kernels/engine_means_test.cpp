// SPDX-License-Identifier: Apache-2.0
// The pair-sparse engine takes the cycles that its model promises: mean cycles per vector, from the counters that the
// kernels send, against the exact means for independent zeros (Sluice's reference digest of HASS, section 5.1: M = 9
// and M = 16, no skipping of empty vectors on whole layers, skipping on the bare engine, whose empty vectors the counter
// tells apart).
//
// The idea: weights without zeros and windows that do not overlap make every vector an independent draw of M pairs that
// are dead with probability S. One filter: no lock step. The printed means must lie within four standard errors.
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

struct Means {
  double without_skipping, with_skipping;
};

// By N = 1..6, M = 9; and by N = 2, 4, 6, 8, M = 16 (the digest prints the column without skipping only).
struct Expected {
  double sparsity;
  std::array<Means, 6> of_nine;
  std::array<double, 4> of_sixteen;  // 0: not printed
};

const std::array<Expected, 5> kExpected{{
    {0.3, {{{6.300, 6.300}, {3.400, 3.400}, {2.438, 2.438}, {1.942, 1.942}, {1.730, 1.730}, {1.463, 1.463}}}, {}},
    {0.5, {{{4.502, 4.500}, {2.502, 2.500}, {1.836, 1.834}, {1.502, 1.500}, {1.254, 1.252}, {1.090, 1.088}}}, {4.250, 2.374, 1.783, 1.402}},
    {0.6, {{{3.610, 3.600}, {2.060, 2.050}, {1.542, 1.532}, {1.267, 1.257}, {1.099, 1.089}, {1.025, 1.015}}}, {}},
    {0.7, {{{2.740, 2.700}, {1.640, 1.600}, {1.275, 1.234}, {1.099, 1.058}, {1.025, 0.985}, {1.004, 0.964}}}, {2.653, 1.576, 1.175, 1.026}},
    {0.8, {{{1.934, 1.800}, {1.282, 1.147}, {1.086, 0.952}, {1.020, 0.885}, {1.003, 0.869}, {1.000, 0.866}}}, {}},
}};

// Standard deviation of the cycles of one vector.
double deviation(int lanes, int multipliers, double sparsity) {
  double mean = 0, square = 0, share = std::pow(sparsity, lanes);
  for (int live = 0; live <= lanes; ++live) {
    const double cycles = std::max(1, (live + multipliers - 1) / multipliers);
    mean += share * cycles, square += share * cycles * cycles;
    share *= (1 - sparsity) / sparsity * (lanes - live) / (live + 1);
  }
  return std::sqrt(std::max(0.0, square - mean * mean));
}

// Ten convolutions side by side on one picture of 16 channels: 3x3 with N = 1..6, 1x1 with N = 2, 4, 6, 8.
constexpr std::array<int, 10> kMultipliers{1, 2, 3, 4, 5, 6, 2, 4, 6, 8};

IntegerNetwork ten_engines(Random& random) {
  NetworkMaker make(random, {48, 48, 16});
  std::vector<int> layers;
  for (std::size_t i = 0; i < kMultipliers.size(); ++i) {
    const int kernel = i < 6 ? 3 : 1;
    layers.push_back(make.conv(1, {kernel, kernel, 3, 3}, kNetworkInput));
  }
  int sum = layers[0];
  for (std::size_t i = 1; i < layers.size(); ++i) sum = make.add(sum, layers[i]);
  IntegerNetwork network = make.finish(2);
  for (std::size_t i = 0; i < kMultipliers.size(); ++i) {
    for (std::int16_t& weight : network.layers[i].weights) weight = weight == 0 ? std::int16_t{5} : weight;
  }
  return network;
}

Result<Bundle> bundle_with_multipliers(const IntegerNetwork& network, const std::filesystem::path& folder) {
  LayerConfigs configs(network.layers.size());
  for (std::size_t i = 0; i < kMultipliers.size(); ++i) {
    configs[i] = {.engine = Engine::pair_sparse, .codes = i < 6 ? 9 : 16, .multipliers = kMultipliers[i]};
  }
  return bundle_of(network, folder, configs);
}

std::vector<std::int16_t> sparse_codes(Random& random, const IntegerNetwork& network, double sparsity) {
  std::vector<std::int16_t> codes = random_codes(random, network);
  std::bernoulli_distribution is_zero(sparsity);
  for (std::int16_t& code : codes) code = is_zero(random) ? std::int16_t{0} : code == 0 ? std::int16_t{1} : code;
  return codes;
}

Result<std::unique_ptr<Device>> open(const std::string& driver, const Bundle& bundle) {
  if (driver == "pocl") return open_pocl_device(bundle, {.is_exact = true, .images_in_flight = 3});
  ThreadsOptions options{.capacity = 3};
  options.compile.cache_folder = compiled_kernels_folder();
  return open_threads_device(bundle, options);
}

class EngineMeans : public ::testing::TestWithParam<const char*> {};

TEST_P(EngineMeans, are_those_of_independent_zeros) {
  constexpr int kImages = 12;
  Random random(2406);
  SCOPED_TRACE("seed 2406");
  const IntegerNetwork network = ten_engines(random);
  const Scratch scratch;
  auto bundle = bundle_with_multipliers(network, scratch.path() / "bundle");
  ASSERT_TRUE(bundle) << bundle.error().text();
  auto device = open(GetParam(), *bundle);
  ASSERT_TRUE(device) << device.error().text();
  for (const Expected& expected : kExpected) {
    std::array<double, kMultipliers.size()> vectors{}, busy{}, empty{};
    for (int i = 0; i < kImages; ++i) {
      ASSERT_TRUE((*device)->submit({std::uint64_t(i), 0, sparse_codes(random, network, expected.sparsity)}));
      auto scores = (*device)->collect();
      ASSERT_TRUE(scores) << scores.error().text();
      for (const LayerCounters& c : scores->counters) {
        vectors[std::size_t(c.layer)] += c.vectors, busy[std::size_t(c.layer)] += c.busy_cycles, empty[std::size_t(c.layer)] += c.zero_vectors;
      }
    }
    for (std::size_t i = 0; i < kMultipliers.size(); ++i) {
      const int lanes = i < 6 ? 9 : 16;
      const double wanted = i < 6 ? expected.of_nine[i].without_skipping : expected.of_sixteen[i - 6];
      if (wanted == 0) continue;
      ASSERT_EQ(vectors[i], kImages * 16 * 16 * (i < 6 ? 16 : 1));
      const double error = 4 * deviation(lanes, kMultipliers[i], expected.sparsity) / std::sqrt(vectors[i]) + 0.0005;
      EXPECT_NEAR(busy[i] / vectors[i], wanted, error) << "M " << lanes << ", N " << kMultipliers[i] << ", S " << expected.sparsity;
      if (i < 6) {
        const double of_empty = 4 * std::sqrt(std::pow(expected.sparsity, lanes) / vectors[i]);
        EXPECT_NEAR((busy[i] - empty[i]) / vectors[i], expected.of_nine[i].with_skipping, error + of_empty)
            << "with skipping: N " << kMultipliers[i] << ", S " << expected.sparsity;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Devices, EngineMeans, ::testing::Values("pocl", "threads"), [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
