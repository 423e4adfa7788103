// SPDX-License-Identifier: Apache-2.0
// The evaluator equals the plain reference in every map, on every instruction set of this machine, with and without
// thresholds, whole and from the middle on.
#include "compiler/evaluate/evaluator.hpp"

#include <gtest/gtest.h>

#include "tests/support/random_network.hpp"

namespace sluice::test {
namespace {

std::vector<Thresholds> random_thresholds(Random& random, const IntegerNetwork& network) {
  std::vector<Thresholds> thresholds(network.layers.size());
  const unsigned most = network.input_bits == 8 ? 60 : 3000;
  for (Thresholds& t : thresholds) t = {static_cast<int>(random() % most), static_cast<int>(random() % most)};
  return thresholds;
}

void expect_equal(const IntegerNetwork& network, const std::vector<std::int16_t>& codes, const std::vector<Thresholds>& thresholds) {
  const auto expected = run_reference(network, codes, thresholds);
  for (const evaluate::Kernels* kernels : evaluate::supported_kernels()) {
    const Evaluator evaluator(network, thresholds, *kernels);
    const auto maps = evaluator.maps(codes);
    ASSERT_EQ(maps.size(), expected.size());
    for (std::size_t i = 0; i < maps.size(); ++i) ASSERT_EQ(maps[i], expected[i]) << kernels->name << ", layer " << network.layers[i].name;
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
    for (std::size_t i = 0; i < expected.size(); ++i) ASSERT_EQ(changed.map(maps, static_cast<int>(i)), expected[i]) << kernels->name << ", layer " << i;
    ASSERT_EQ(changed.map(maps, kNetworkInput), Map(codes.begin(), codes.end()));
    ASSERT_EQ(old.scores(codes), reference_scores(network, codes, before)) << "the old evaluator has changed";
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, EvaluatorSeeds, ::testing::Range(1, 61));

}  // namespace
}  // namespace sluice::test
