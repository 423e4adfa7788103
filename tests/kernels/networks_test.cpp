// SPDX-License-Identifier: Apache-2.0
// The kernels equal the plain reference, bit by bit, on random networks: scores, and the engines' counters, with every
// engine, under rows of random thresholds that change from image to image. On PoCL (dialect pocl), and as threads with
// queues of the planned depths, which is the text that goes to aoc (dialect intel).
#include <array>
#include <set>

#include <gmock/gmock.h>

#include "compiler/pipeline/fifo_depth.hpp"
#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/kernels/kernel_files.hpp"
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

// Adds rows of random thresholds and prefixes that each layer's engine obeys; now and then one that leaves no activation.
void add_random_rows(DesignTable& table, const IntegerNetwork& network, const Netlist& netlist, Random& random, int count) {
  const TableRow first = table.rows[0];
  for (int r = 1; r <= count; ++r) {
    TableRow row = first;
    row.id = r;
    std::size_t next = 0;
    for (std::size_t i = 0; i < network.layers.size(); ++i) {
      if (engine_of(netlist, static_cast<int>(i)).empty()) continue;
      TableLayer& layer = row.layers.at(next++);
      if (obeys_weight_threshold(layer.engine)) layer.thresholds.weight = pick(random, 0, 60);
      if (obeys_activation_threshold(layer.engine)) layer.thresholds.activation = pick(random, 0, 7) == 0 ? 127 : pick(random, 0, 40);
      if (layer.engine == "grouped_prefix") layer.k = pick(random, 0, prefix_of(netlist, static_cast<int>(i)).filters);
    }
    table.rows.push_back(row);
  }
}

enum class Where { pocl, pocl_exact, threads };

Result<std::unique_ptr<Device>> open(const Bundle& bundle, Where where) {
  if (where != Where::threads) return open_pocl_device(bundle, {.is_exact = where == Where::pocl_exact, .images_in_flight = 3});
  ThreadsOptions options{.capacity = 3};
  options.compile.cache_folder = compiled_kernels_folder();
  return open_threads_device(bundle, options);
}

// Runs `images` random pictures, several in flight, each under a random row, and compares scores and counters.
void expect_equal_to_reference(const Bundle& bundle, Random& random, int images, Where where) {
  auto device = open(bundle, where);
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
    const auto thresholds = bundle.table().thresholds(bundle.network(), bundle.netlist(), task.row_id);
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

constexpr int kEngines = 5;

void PrintTo(Where where, std::ostream* out) { *out << std::array{"pocl", "pocl exact", "threads"}[static_cast<std::size_t>(where)]; }

struct Case {
  int seed;
  int bits;
  int engine;  // of every convolution, as a number; kEngines: a random one each
  Where where;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "seed " << c.seed << " int" << c.bits << " engine " << c.engine << " ";
  PrintTo(c.where, out);
}

class NetworksOnDevices : public ::testing::TestWithParam<Case> {};

IntegerNetwork network_of(const Case& c, Random& random) { return random_network(random, 2 + c.seed % 4, c.bits); }

Engines engines_of(const Case& c, const IntegerNetwork& network, Random& random) {
  Engines engines;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    engines.push_back(static_cast<Engine>(c.engine < kEngines ? c.engine : pick(random, 0, kEngines - 1)));
  }
  return engines;
}

TEST_P(NetworksOnDevices, equal_the_reference) {
  Random random(GetParam().seed);
  const IntegerNetwork network = network_of(GetParam(), random);
  const Engines engines = engines_of(GetParam(), network, random);
  const Scratch scratch;
  const Netlist netlist = build_netlist(network, engines).value();
  auto bundle = bundle_of(network, scratch.path() / "bundle", engines, [&](DesignTable& table) { add_random_rows(table, network, netlist, random, 3); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 6, GetParam().where);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int seed = 1; seed <= 15; ++seed) {
    const int engine = seed % (kEngines + 1);
    const Case c{seed, engine == kEngines ? 16 : 8, engine, seed % 3 == 0 ? Where::pocl_exact : Where::pocl};
    all.push_back(c);
    all.push_back({c.seed, c.bits, c.engine, Where::threads});
  }
  return all;
}

// What is not in any of the networks would go untested unseen.
TEST(RandomNetworks, hold_every_kernel_file_curve_and_order_of_ports) {
  std::set<std::string> seen, wanted{"curve 0", "curve 1", "curve 2", "curve 3", "add swapped 0", "add swapped 1", "concat swapped 0", "concat swapped 1"};
  for (const std::string& op : operators()) wanted.insert(op);
  for (const Case& c : cases()) {
    Random random(c.seed);
    const IntegerNetwork network = network_of(c, random);
    const Netlist netlist = build_netlist(network, engines_of(c, network, random)).value();
    for (const Kernel& kernel : netlist.kernels) {
      seen.insert(kernel.op);
      if (kernel.numbers.count("CURVE") != 0) seen.insert(fmt::format("curve {}", kernel.numbers.at("CURVE")));
      if (kernel.numbers.count("IS_SWAPPED") != 0) seen.insert(fmt::format("{} swapped {}", kernel.op, kernel.numbers.at("IS_SWAPPED")));
    }
  }
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(), std::back_inserter(missing));
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(seeds, NetworksOnDevices, ::testing::ValuesIn(cases()));

// Weight-sparse on shapes that its tiles and lists make special, with tiles of every size.
class WeightSparseTiles : public ::testing::TestWithParam<std::tuple<int, int, Where>> {};  // pixels of a tile, bits

IntegerNetwork network_of_lists(Random& random, int bits) {
  NetworkMaker make(random, {7, 9, 3}, bits);
  const int wide = make.conv(21, {5, 5, 1, 1, 2, 2, 2, 2}, kNetworkInput);  // 63 pixels, three groups of filters
  const int half = make.conv(32, {3, 3, 2, 2, 1, 1, 1, 1}, wide);
  const int beside = make.conv(32, {1, 1, 2, 2}, wide);  // fewer multiplying than loading cycles
  make.conv(8, {3, 4, 1, 1}, make.conv(17, {}, make.add(half, beside)));
  IntegerNetwork network = make.finish(10);
  // One group without a weight, filters without one beside others, and one filter whose weights are all alike.
  const auto fill = [&](int layer, int first, int end, int code) {
    auto& weights = network.layers[std::size_t(layer)].weights;
    const std::ptrdiff_t of_filter = std::ssize(weights) / network.layers[std::size_t(layer)].output.channels;
    std::fill(weights.begin() + first * of_filter, weights.begin() + end * of_filter, static_cast<std::int16_t>(code));
  };
  fill(half, 16, 32, 0);
  fill(wide, 2, 5, 0);
  fill(wide, 7, 8, -31);
  return network;
}

// Another number of pixels per tile than the planner chose.
void cut_tiles(const IntegerNetwork& network, Netlist& netlist, int most) {
  for (Kernel& kernel : netlist.kernels) {
    if (kernel.numbers.count("TILE_PIXELS") == 0) continue;
    kernel.numbers["TILE_PIXELS"] = std::min(most, kernel.numbers.at("PIXELS"));
    if (kernel.op == "tile") netlist.streams[kernel.outputs[0]].beats = tile_beats(network.layers[kernel.layer], kernel);
  }
  size_fifos(network, netlist);
}

TEST_P(WeightSparseTiles, equals_the_reference) {
  const auto [tile_pixels, bits, where] = GetParam();
  Random random(100 + tile_pixels);
  SCOPED_TRACE("seed " + std::to_string(100 + tile_pixels));
  const IntegerNetwork network = network_of_lists(random, bits);
  const Engines engines(network.layers.size(), Engine::weight_sparse);
  const Netlist netlist = build_netlist(network, engines).value();
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", engines,
                          [&](DesignTable& table) { add_random_rows(table, network, netlist, random, 15); },
                          [&, tile = tile_pixels](Netlist& netlist) { cut_tiles(network, netlist, tile); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 8, where);
}

// What waits beside three tiles is more than a join's stream has to spare.
TEST(WeightSparse, beside_a_bare_shortcut_does_not_hang) {
  Random random(7);
  NetworkMaker make(random, {6, 6, 4});
  const int wide = make.conv(64, {}, kNetworkInput);
  make.add(make.conv(64, {}, wide), wide);
  const IntegerNetwork network = make.finish(4);
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", {Engine::dense, Engine::weight_sparse, Engine::dense, Engine::dense, Engine::dense}, {},
                          [&](Netlist& netlist) { cut_tiles(network, netlist, 11); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 4, Where::threads);
}

INSTANTIATE_TEST_SUITE_P(tiles, WeightSparseTiles,
                         ::testing::Values(std::tuple{1, 8, Where::pocl}, std::tuple{4, 8, Where::pocl}, std::tuple{7, 16, Where::pocl},
                                           std::tuple{4, 8, Where::pocl_exact},
                                           std::tuple{1, 8, Where::threads}, std::tuple{4, 8, Where::threads}, std::tuple{7, 16, Where::threads}));
// Every number of filters a multiplier may own, passes above one, ids in more than one word, weights that are often equal.
class GroupedPrefixOnDevices : public ::testing::TestWithParam<std::tuple<Where, int>> {};

TEST_P(GroupedPrefixOnDevices, equals_the_reference) {
  const auto& [where, bits] = GetParam();
  const int seed = 40 + bits;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  NetworkMaker make(random, {9, 8, 3}, bits);
  make.conv(16, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);                   // G = 4
  make.conv(32, {5, 5, 2, 2, 2, 2, 2, 2}, make.last());                     // G = 8
  make.conv(12, {}, make.last());                                           // G = 2
  make.add_curve(make.conv(144, {3, 2, 2, 2, 1, 0, 0, 1}, make.last()));    // G = 8, two passes of 9 multipliers
  make.conv(128, {}, make.last());                                          // G = 8, 16 multipliers: ids in two words
  IntegerNetwork network = make.finish(10);
  const int step = bits == 8 ? 32 : 512;
  for (Layer& layer : network.layers) for (std::int16_t& weight : layer.weights) weight = static_cast<std::int16_t>(weight / step * step);
  const Engines engines(network.layers.size(), Engine::grouped_prefix);
  const Netlist netlist = build_netlist(network, engines).value();
  std::set<int> filters;
  for (int i = 0; i < std::ssize(network.layers); ++i) filters.insert(prefix_of(netlist, i).filters);
  ASSERT_THAT(filters, ::testing::ElementsAre(0, 2, 4, 8)) << "0: the pool";
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", engines, [&](DesignTable& table) { add_random_rows(table, network, netlist, random, 6); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 12, where);
}

INSTANTIATE_TEST_SUITE_P(devices, GroupedPrefixOnDevices, ::testing::Combine(::testing::Values(Where::pocl, Where::threads), ::testing::Values(8, 16)));

}  // namespace
}  // namespace test
}  // namespace sluice
