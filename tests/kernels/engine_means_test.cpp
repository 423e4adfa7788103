// SPDX-License-Identifier: Apache-2.0
// The pair-sparse engine takes the cycles that its model promises: mean cycles per vector, from the counters that the
// kernels send, against the exact means for independent zeros (both tables of a digest of HASS, arXiv 2406.03088: M =
// 9, 16, 32, 64; no skipping of empty vectors on whole layers; skipping on the bare engine, whose empty vectors the
// counter tells apart).
//
// The idea: weights without zeros and windows that do not overlap make every vector an independent draw of M pairs that
// are dead with probability S. One filter: no lock step. The printed means must lie within four standard errors.
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

// A layer's engine, and its printed means by sparsity: without and, where the digest has it, with skipping of empty
// vectors.
struct Means {
  double sparsity, without_skipping, with_skipping;
};
struct SparseEngine {
  int lanes, multipliers;  // M, N
  std::vector<Means> means;
};

// 3x3 windows: M = 9 taps of each of 16 channels.
const std::vector<SparseEngine> kWindows{
    {9, 1, {{0.3, 6.300, 6.300}, {0.5, 4.502, 4.500}, {0.6, 3.610, 3.600}, {0.7, 2.740, 2.700}, {0.8, 1.934, 1.800}}},
    {9, 2, {{0.3, 3.400, 3.400}, {0.5, 2.502, 2.500}, {0.6, 2.060, 2.050}, {0.7, 1.640, 1.600}, {0.8, 1.282, 1.147}}},
    {9, 3, {{0.3, 2.438, 2.438}, {0.5, 1.836, 1.834}, {0.6, 1.542, 1.532}, {0.7, 1.275, 1.234}, {0.8, 1.086, 0.952}}},
    {9, 4, {{0.3, 1.942, 1.942}, {0.5, 1.502, 1.500}, {0.6, 1.267, 1.257}, {0.7, 1.099, 1.058}, {0.8, 1.020, 0.885}}},
    {9, 5, {{0.3, 1.730, 1.730}, {0.5, 1.254, 1.252}, {0.6, 1.099, 1.089}, {0.7, 1.025, 0.985}, {0.8, 1.003, 0.869}}},
    {9, 6, {{0.3, 1.463, 1.463}, {0.5, 1.090, 1.088}, {0.6, 1.025, 1.015}, {0.7, 1.004, 0.964}, {0.8, 1.000, 0.866}}},
};

// 1x1: vectors of 16, 32 or 64 of 64 channels, N at 1/8, 1/4, 3/8 and 1/2 of M.
const std::vector<SparseEngine> kPoints{
    {16, 2, {{0.5, 4.250, 0}, {0.7, 2.653, 0}}},  {16, 4, {{0.5, 2.374, 0}, {0.7, 1.576, 0}}},
    {16, 6, {{0.5, 1.783, 0}, {0.7, 1.175, 0}}},  {16, 8, {{0.5, 1.402, 0}, {0.7, 1.026, 0}}},
    {32, 4, {{0.5, 4.375, 0}, {0.7, 2.775, 0}}},  {32, 8, {{0.5, 2.428, 0}, {0.7, 1.661, 0}}},
    {32, 12, {{0.5, 1.893, 0}, {0.7, 1.133, 0}}}, {32, 16, {{0.5, 1.430, 0}, {0.7, 1.005, 0}}},
    {64, 8, {{0.5, 4.437, 0}, {0.7, 2.842, 0}}},  {64, 16, {{0.5, 2.450, 0}, {0.7, 1.767, 0}}},
    {64, 24, {{0.5, 1.970, 0}, {0.7, 1.076, 0}}}, {64, 32, {{0.5, 1.450, 0}, {0.7, 1.000, 0}}},
};

// Standard deviation of the cycles of one vector.
double deviation(const SparseEngine& engine, double sparsity) {
  double mean = 0, square = 0, share = std::pow(sparsity, engine.lanes);
  for (int live = 0; live <= engine.lanes; ++live) {
    const double cycles = std::max(1, (live + engine.multipliers - 1) / engine.multipliers);
    mean += share * cycles, square += share * cycles * cycles;
    share *= (1 - sparsity) / sparsity * (engine.lanes - live) / (live + 1);
  }
  return std::sqrt(std::max(0.0, square - mean * mean));
}

// The engines side by side on one picture of 48x48 pixels, each every third one.
IntegerNetwork side_by_side(Random& random, const std::vector<SparseEngine>& engines, int kernel, int channels) {
  NetworkMaker make(random, {48, 48, channels});
  for (std::size_t i = 0; i < engines.size(); ++i) make.conv(1, {kernel, kernel, 3, 3}, kNetworkInput);
  int sum = 0;
  for (int layer = 1; layer < std::ssize(engines); ++layer) sum = make.add(sum, layer);
  IntegerNetwork network = make.finish(2);
  for (std::size_t i = 0; i < engines.size(); ++i) {
    for (std::int16_t& weight : network.layers[i].weights) weight = weight == 0 ? std::int16_t{5} : weight;
  }
  return network;
}

Result<Bundle> bundle_with(const std::vector<SparseEngine>& engines, const IntegerNetwork& network,
                           const std::filesystem::path& folder) {
  LayerConfigs configs(network.layers.size());
  for (std::size_t i = 0; i < engines.size(); ++i) {
    configs[i] = {
        .engine = KernelKind::conv_pair_sparse, .codes = engines[i].lanes, .multipliers = engines[i].multipliers};
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

void expect_means(const std::string& driver, const std::vector<SparseEngine>& engines, int kernel, int channels) {
  constexpr int kImages = 12, kPixels = 16 * 16;
  Random random(2406);
  SCOPED_TRACE("seed 2406");
  const IntegerNetwork network = side_by_side(random, engines, kernel, channels);
  const Scratch scratch;
  auto bundle = bundle_with(engines, network, scratch.path() / "bundle");
  ASSERT_TRUE(bundle) << bundle.error().text();
  auto device = open(driver, *bundle);
  ASSERT_TRUE(device) << device.error().text();
  for (std::size_t m = 0; m < engines[0].means.size(); ++m) {
    const double sparsity = engines[0].means[m].sparsity;
    std::vector<double> vectors(engines.size()), busy(engines.size()), empty(engines.size());
    for (int i = 0; i < kImages; ++i) {
      ASSERT_TRUE((*device)->submit({std::uint64_t(i), 0, sparse_codes(random, network, sparsity)}));
      auto scores = (*device)->collect();
      ASSERT_TRUE(scores) << scores.error().text();
      for (const LayerCounters& c : scores->counters) {
        vectors[std::size_t(c.layer)] += c.vectors, busy[std::size_t(c.layer)] += c.busy_cycles,
            empty[std::size_t(c.layer)] += c.zero_vectors;
      }
    }
    for (std::size_t i = 0; i < engines.size(); ++i) {
      const SparseEngine& engine = engines[i];
      SCOPED_TRACE(fmt::format("M {}, N {}, S {}", engine.lanes, engine.multipliers, sparsity));
      ASSERT_EQ(vectors[i], kImages * kPixels * (kernel * kernel * channels / engine.lanes));
      const double error = 4 * deviation(engine, sparsity) / std::sqrt(vectors[i]) + 0.0005;
      EXPECT_NEAR(busy[i] / vectors[i], engine.means[m].without_skipping, error);
      if (engine.means[m].with_skipping == 0) continue;
      const double of_empty = 4 * std::sqrt(std::pow(sparsity, engine.lanes) / vectors[i]);
      EXPECT_NEAR((busy[i] - empty[i]) / vectors[i], engine.means[m].with_skipping, error + of_empty)
          << "with skipping";
    }
  }
}

class EngineMeans : public ::testing::TestWithParam<const char*> {};

TEST_P(EngineMeans, of_windows_are_those_of_independent_zeros) { expect_means(GetParam(), kWindows, 3, 16); }

// PoCL takes a minute to compile 64 unrolled lanes; there the shortest vectors stand for all.
TEST_P(EngineMeans, of_channel_vectors_are_those_of_independent_zeros) {
  const bool is_slow = std::string(GetParam()) == "pocl";
  expect_means(GetParam(), is_slow ? std::vector<SparseEngine>(kPoints.begin(), kPoints.begin() + 4) : kPoints, 1, 64);
}

INSTANTIATE_TEST_SUITE_P(Devices, EngineMeans, ::testing::Values("pocl", "threads"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sluice::test
