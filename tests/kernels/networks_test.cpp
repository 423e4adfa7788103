// SPDX-License-Identifier: Apache-2.0
// The kernels equal the plain reference, bit by bit, on random networks: scores, and the engines' counters, with every
// engine, under rows of random thresholds that change from image to image. On PoCL (dialect pocl), and as threads with
// queues of the planned depths, which is the text that goes to aoc (dialect intel).
#include <array>
#include <set>

#include <gmock/gmock.h>

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
      if (layer.engine == "pair_sparse") layer.thresholds.weight = pick(random, 0, 60);
      if (counts_pairs(layer.engine)) layer.thresholds.activation = pick(random, 0, 7) == 0 ? 127 : pick(random, 0, 40);
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

constexpr int kEngines = 4;

struct Case {
  int seed;
  int bits;
  int engine;  // of every convolution: the Engine of this number, kEngines a random one each
  Where where;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "seed " << c.seed << " int" << c.bits << " engine " << c.engine << std::array{" pocl", " pocl exact", " threads"}[static_cast<std::size_t>(c.where)];
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
    const Case c{seed, seed % 4 == 0 ? 16 : 8, seed % 5 == 0 ? kEngines : seed % 5 - 1, seed % 3 == 0 ? Where::pocl_exact : Where::pocl};
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
