// SPDX-License-Identifier: Apache-2.0
// The evaluator equals the plain reference in every map, on every instruction set of this machine, with and without
// thresholds, whole and from the middle on.
#include "runtime/evaluate/evaluator.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

std::vector<Thresholds> random_thresholds(Random& random, const IntegerNetwork& network) {
  std::vector<Thresholds> thresholds(network.layers.size());
  const unsigned most = network.input_bits == 8 ? 60 : 3000;
  for (std::size_t i = 0; i < thresholds.size(); ++i) {
    const int filters = network.layers[i].output.channels, g = 2 << random() % 3;
    Prefix prefix;
    if (filters % g == 0) prefix = {static_cast<int>(random() % (g + 1)), g, filters / g};
    thresholds[i] = {static_cast<int>(random() % most), static_cast<int>(random() % most), prefix};
  }
  return thresholds;
}

void expect_equal(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                  const std::vector<Thresholds>& thresholds) {
  const auto expected = run_reference(network, codes, thresholds);
  for (const evaluate::Kernels* kernels : evaluate::supported_kernels()) {
    const Evaluator evaluator(network, thresholds, *kernels);
    const auto maps = evaluator.maps(codes);
    ASSERT_EQ(maps.size(), expected.size());
    for (std::size_t i = 0; i < maps.size(); ++i)
      ASSERT_EQ(maps[i], expected[i]) << kernels->name << ", layer " << network.layers[i].name;
    ASSERT_EQ(evaluator.scores(codes), expected.back()) << kernels->name << ", with places used again";
  }
}

class EvaluatorSeeds : public ::testing::TestWithParam<int> {};

TEST_P(EvaluatorSeeds, equals_the_reference_in_every_map) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 1 + GetParam() % 6, GetParam() % 4 == 0 ? 16 : 8);
  const auto codes = random_codes(random, network);
  expect_equal(network, codes, {});
  for (int i = 0; i < 3; ++i) expect_equal(network, codes, random_thresholds(random, network));
}

TEST_P(EvaluatorSeeds, other_thresholds_from_a_layer_on_equal_a_fresh_evaluator) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 4, GetParam() % 4 == 0 ? 16 : 8);
  const auto codes = random_codes(random, network);
  const auto before = random_thresholds(random, network), other = random_thresholds(random, network);
  const std::size_t first = random() % network.layers.size();
  std::vector<Thresholds> after = before;
  std::copy(other.begin() + std::ptrdiff_t(first), other.end(), after.begin() + std::ptrdiff_t(first));
  for (const evaluate::Kernels* kernels : evaluate::supported_kernels()) {
    const Evaluator old(network, before, *kernels);
    PictureMaps maps = old.evaluate(codes);
    const Evaluator changed = old.with_thresholds(after);
    changed.evaluate_from(first, maps);
    const auto expected = run_reference(network, codes, after);
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(changed.map(maps, static_cast<int>(i)), expected[i]) << kernels->name << ", layer " << i;
    ASSERT_EQ(changed.map(maps, kNetworkInput), Map(codes.begin(), codes.end()));
    ASSERT_EQ(old.scores(codes), reference_scores(network, codes, before)) << "the old evaluator has changed";
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, EvaluatorSeeds, ::testing::Range(1, 61));

// Packed weights are taken over from the evaluator before only where every part of a row that concerns them is the
// same.
TEST(Evaluator, rows_that_differ_in_one_part_do_not_share_weights) {
  Random random(9);
  NetworkMaker make(random, {5, 5, 3});
  make.conv(16, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(6);
  const auto codes = random_codes(random, network);
  std::vector<Thresholds> thresholds(network.layers.size());
  Evaluator evaluator(network, thresholds);
  for (const Thresholds& changed :
       {Thresholds{0, 0, {3, 4, 4}}, {0, 0, {2, 4, 4}}, {0, 0, {2, 8, 2}}, {9, 0, {2, 8, 2}}, {9, 20, {2, 8, 2}}, {}}) {
    thresholds[0] = changed;
    evaluator = evaluator.with_thresholds(thresholds);
    ASSERT_EQ(evaluator.maps(codes), run_reference(network, codes, thresholds))
        << "k " << changed.prefix.k << " of " << changed.prefix.filters;
  }
}

// Filters and channels around the widths of vectors and blocks, pixels around those of tiles, windows of several rows.
class EvaluatorShapes : public ::testing::TestWithParam<int> {};

TEST_P(EvaluatorShapes, of_awkward_sizes) {
  Random random(GetParam());
  const int size = GetParam();
  for (const int bits : {8, 16}) {
    NetworkMaker make(random, {3, 1 + size % 11, 3}, bits);
    const int stem = make.conv(size, {2, 1, 1, 1, 1, 0, 0, 0}, kNetworkInput);
    const int wide = make.conv(make.uniform(1, 100), {}, stem);
    const int filtered = make.depthwise({3, 3, 1, 1, 1, 1, 1, 1}, wide);
    make.conv(size, {}, make.depthwise({2, 1, 2, 1, 0, 0, 0, 0}, filtered));
    expect_equal(make.finish(size + 1), random_codes(random, make.finish(1)), {});
  }
}

INSTANTIATE_TEST_SUITE_P(sizes, EvaluatorShapes,
                         ::testing::Values(1, 2, 4, 7, 8, 9, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49, 63, 64, 65,
                                           95, 96, 97, 130));

// The largest codes everywhere: sums reach what the planner's proofs allow (below 2^31), pairs of products 2^31.
TEST(Evaluator, of_the_largest_codes) {
  for (const int bits : {8, 16}) {
    for (const int sign : {1, -1}) {
      Random random(bits);
      NetworkMaker make(random, {4, 5, 3}, bits);
      make.conv(33, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
      make.depthwise({3, 3, 1, 1, 1, 1, 1, 1}, make.last());
      IntegerNetwork network = make.finish(5);
      const int limit = (1 << (bits - 1)) - 1;
      for (Layer& layer : network.layers) {
        // 27, 9 and 33 products; one of 16 bits alone is nearly 2^30.
        const int weight = bits == 8 ? 127 : 65535 / (layer.kind == LayerKind::depthwise ? 9 : 33) - 1;
        for (std::int16_t& w : layer.weights)
          w = static_cast<std::int16_t>(random() % 8 ? sign * weight : -sign * weight);
        layer.clamp_low = layer.output_bits == 8 ? -127 : -32767;
      }
      network.layers[0].multiplier[0] = 65535, network.layers[0].multiplier[1] = 0, network.layers[0].multiplier[2] = 1;
      const auto codes = std::vector<std::int16_t>(std::size_t(network.input.size()), static_cast<std::int16_t>(limit));
      expect_equal(network, codes, {});
      expect_equal(network, codes, std::vector<Thresholds>(network.layers.size(), {0, limit}));
      expect_equal(network, std::vector<std::int16_t>(codes.size(), static_cast<std::int16_t>(-limit)), {});
    }
  }
}

TEST(Evaluator, of_every_shift) {
  for (int shift = 1; shift <= 46; ++shift) {
    Random random(shift);
    NetworkMaker make(random, {3, 3, 5}, shift % 2 ? 8 : 16);
    make.conv(19, {3, 2, 1, 1, 1, 0, 1, 1}, kNetworkInput);
    make.depthwise({2, 2, 1, 1, 0, 0, 0, 0}, make.last());
    make.pool(LayerKind::average_pool, {2, 1, 1, 1, 0, 0, 0, 0}, make.last());
    make.add(make.last(), make.last());
    IntegerNetwork network = make.finish(4);
    for (Layer& layer : network.layers) layer.shift = shift;
    expect_equal(network, random_codes(random, network), {});
  }
}

TEST(Evaluator, scores_of_many_pictures_on_all_cores) {
  Random random(5);
  const IntegerNetwork network = random_network(random, 5);
  const Evaluator evaluator(network);
  std::vector<std::vector<std::int16_t>> pictures;
  for (int i = 0; i < 200; ++i) pictures.push_back(random_codes(random, network));
  std::vector<std::vector<std::int32_t>> scores(pictures.size());
  evaluator.for_each(
      pictures.size(), [&](std::size_t i) { return Evaluator::Codes(pictures[i]); },
      [&](std::size_t i, std::span<const std::int32_t> s) { scores[i].assign(s.begin(), s.end()); });
  for (std::size_t i = 0; i < pictures.size(); ++i)
    ASSERT_EQ(scores[i], reference_scores(network, pictures[i])) << "picture " << i;
}

}  // namespace
}  // namespace sluice::test
