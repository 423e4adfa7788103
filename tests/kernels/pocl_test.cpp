// SPDX-License-Identifier: Apache-2.0
// The kernels on PoCL equal the plain reference, bit by bit, on random networks: scores, and the engines' counters,
// with every engine, under rows of random thresholds that change from image to image.
#include <gtest/gtest.h>

#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice {

std::ostream& operator<<(std::ostream& out, const LayerCounters& c) {
  return out << "{layer " << c.layer << ": vectors " << c.vectors << ", pairs " << c.nonzero_pairs << ", busy " << c.busy_cycles
             << ", zero " << c.zero_vectors << "}";
}

namespace test {
namespace {

int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

// Adds rows of random thresholds that each layer's engine obeys.
void add_random_rows(DesignTable& table, Random& random, int count) {
  const TableRow first = table.rows[0];
  for (int r = 1; r <= count; ++r) {
    TableRow row = first;
    row.id = r;
    for (TableLayer& layer : row.layers) {
      if (layer.engine == "pair_sparse") layer.thresholds.weight = pick(random, 0, 60);
      if (layer.engine == "pair_sparse" || layer.engine == "activation_sparse") layer.thresholds.activation = pick(random, 0, 40);
    }
    table.rows.push_back(row);
  }
}

// Runs `images` random pictures, several in flight, each under a random row, and compares scores and counters.
void expect_equal_to_reference(const Bundle& bundle, Random& random, int images, bool is_exact) {
  auto device = open_pocl_device(bundle, {.is_exact = is_exact, .images_in_flight = 3});
  ASSERT_TRUE(device) << device.error().text();
  std::vector<ImageTask> tasks;
  for (int i = 0; i < images; ++i) {
    const auto row = static_cast<std::uint32_t>(pick(random, 0, static_cast<int>(bundle.table().rows.size()) - 1));
    tasks.push_back({static_cast<std::uint64_t>(i), row, random_codes(random, bundle.network())});
  }
  int collected = 0;
  const auto collect = [&] {
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    const ImageTask& task = tasks[collected];
    ASSERT_EQ(scores->image_id, task.image_id);
    ASSERT_EQ(scores->row_id, task.row_id);
    const auto thresholds = bundle.table().thresholds(bundle.network(), task.row_id);
    const auto maps = run_reference(bundle.network(), task.codes, thresholds);
    ASSERT_EQ(scores->scores, maps.back()) << "image " << collected << ", row " << task.row_id;
    ASSERT_EQ(scores->counters, reference_counters(bundle.design(), task.codes, maps, thresholds)) << "image " << collected;
    ++collected;
  };
  for (int i = 0; i < images; ++i) {
    if (i - collected == 3) {
      ASSERT_NO_FATAL_FAILURE(collect());
    }
    const auto status = (*device)->submit(tasks[i]);
    ASSERT_TRUE(status) << status.error().text();
  }
  while (collected < images) ASSERT_NO_FATAL_FAILURE(collect());
}

struct Case {
  int seed;
  int bits;
  int engine;  // of every convolution: 0 dense, 1 activation-sparse, 2 pair-sparse, 3 a random one each
  bool is_exact;
};

void PrintTo(const Case& c, std::ostream* out) { *out << "seed " << c.seed << " int" << c.bits << " engine " << c.engine << (c.is_exact ? " exact" : " fast"); }

class RandomNetworks : public ::testing::TestWithParam<Case> {};

TEST_P(RandomNetworks, equal_the_reference) {
  Random random(GetParam().seed);
  const IntegerNetwork network = random_network(random, 1 + GetParam().seed % 5, GetParam().bits);
  Engines engines;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    engines.push_back(static_cast<Engine>(GetParam().engine < 3 ? GetParam().engine : pick(random, 0, 2)));
  }
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", engines, [&](DesignTable& table) { add_random_rows(table, random, 3); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 6, GetParam().is_exact);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int seed = 1; seed <= 24; ++seed) all.push_back({seed, seed % 5 == 0 ? 16 : 8, (seed - 1) % 4, seed % 3 == 0});
  return all;
}

INSTANTIATE_TEST_SUITE_P(seeds, RandomNetworks, ::testing::ValuesIn(cases()));

}  // namespace
}  // namespace test
}  // namespace sluice
