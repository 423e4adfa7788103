// SPDX-License-Identifier: Apache-2.0
// The kernels equal the plain reference, bit by bit, on random networks: scores, and the engines' counters, with every
// engine, with default and with random parallelism, under rows of random thresholds that change from image to image. On PoCL (dialect pocl), and as threads with
// queues of the planned depths, which is the text that goes to aoc (dialect intel).
#include <array>
#include <set>

#include <gmock/gmock.h>

#include "runtime/drivers/pocl/pocl_device.hpp"
#include "runtime/drivers/threads/threads_device.hpp"
#include "runtime/reference/reference.hpp"
#include "runtime/reference/reference_counters.hpp"
#include "tests/kernels/kernel_files.hpp"
#include "tests/support/random_configs.hpp"
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
      if (counts_pairs(layer.engine)) layer.thresholds.activation = pick(random, 0, 40);
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
  int engine;  // of every convolution: 0 dense, 1 activation-sparse, 2 pair-sparse, 3 a random one each, 4 random configs
  Where where;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "seed " << c.seed << " int" << c.bits << " engine " << c.engine << std::array{" pocl", " pocl exact", " threads"}[static_cast<std::size_t>(c.where)];
}

class NetworksOnDevices : public ::testing::TestWithParam<Case> {};

IntegerNetwork network_of(const Case& c, Random& random) { return random_network(random, 2 + c.seed % 4, c.bits); }

LayerConfigs configs_of(const Case& c, const IntegerNetwork& network, Random& random) {
  if (c.engine == 4) return random_configs(random, network);
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    configs.push_back({static_cast<Engine>(c.engine < 3 ? c.engine : pick(random, 0, 2))});
  }
  return configs;
}

TEST_P(NetworksOnDevices, equal_the_reference) {
  Random random(GetParam().seed);
  const IntegerNetwork network = network_of(GetParam(), random);
  const LayerConfigs configs = configs_of(GetParam(), network, random);
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table) { add_random_rows(table, random, 3); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 6, GetParam().where);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (int seed = 1; seed <= 12; ++seed) {
    const Case c{seed, seed % 4 == 0 ? 16 : 8, seed % 4 == 0 ? 3 : seed % 4 - 1, seed % 3 == 0 ? Where::pocl_exact : Where::pocl};
    all.push_back(c);
    all.push_back({c.seed, c.bits, c.engine, Where::threads});
  }
  for (int seed = 101; seed <= 112; ++seed) {
    const int bits = seed % 4 == 0 ? 16 : 8;
    all.push_back({seed, bits, 4, seed % 3 == 0 ? Where::pocl_exact : Where::pocl});
    if (seed % 2 == 0) all.push_back({seed, bits, 4, Where::threads});
  }
  return all;
}

void see_parallelism(const Netlist& netlist, const Kernel& kernel, std::set<std::string>& seen) {
  const auto lanes = [&](int stream) { return netlist.streams[std::size_t(stream)].lanes; };
  if (kernel.op == "width") seen.insert(lanes(kernel.outputs[0]) > lanes(kernel.inputs[0]) ? "wider" : "narrower");
  if (kernel.op == "gather") {
    seen.insert(fmt::format("{} copies", kernel.inputs.size()));
    seen.insert("copies of " + netlist.kernels[std::size_t(netlist.writer(kernel.inputs[0]))].op);
  }
  if (kernel.op == "replay") seen.insert("replay of " + netlist.kernels[std::size_t(netlist.reader(kernel.outputs[0]))].op);
  if (kernel.op != "window") return;
  seen.insert(fmt::format("pixels {}", kernel.numbers.at("IN_PIXELS")));
  if (kernel.numbers.at("TAPS_H") > 1) seen.insert("all taps");
  else if (kernel.numbers.at("TAPS_W") > 1) seen.insert("row of taps");
}

// What is not in any of the networks would go untested unseen.
TEST(RandomNetworks, hold_every_kernel_file_curve_and_order_of_ports) {
  std::set<std::string> seen, wanted{"curve 0", "curve 1", "curve 2", "curve 3", "add swapped 0", "add swapped 1", "concat swapped 0", "concat swapped 1",
      "pixels 2", "row of taps", "all taps", "2 copies", "3 copies", "wider", "narrower", "replay of conv_dense",
      "replay of conv_pair_sparse", "copies of conv_activation_sparse", "copies of depthwise_dense"};
  for (const std::string& op : operators()) wanted.insert(op);
  for (const Case& c : cases()) {
    Random random(c.seed);
    const IntegerNetwork network = network_of(c, random);
    const Netlist netlist = build_netlist(network, configs_of(c, network, random)).value();
    for (const Kernel& kernel : netlist.kernels) {
      seen.insert(kernel.op);
      see_parallelism(netlist, kernel, seen);
      if (kernel.numbers.count("CURVE") != 0) seen.insert(fmt::format("curve {}", kernel.numbers.at("CURVE")));
      if (kernel.numbers.count("IS_SWAPPED") != 0) seen.insert(fmt::format("{} swapped {}", kernel.op, kernel.numbers.at("IS_SWAPPED")));
    }
  }
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(), std::back_inserter(missing));
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

// Beats of several pixels complete several windows at once, more at the right edge and most at the lower one.
class StemOfPixels : public ::testing::TestWithParam<std::tuple<int, int, LayerConfig, Where>> {};

TEST_P(StemOfPixels, equals_the_reference) {
  const auto& [stride, pixels, config, where] = GetParam();
  SCOPED_TRACE(fmt::format("stride {}, {} pixels, E {}", stride, pixels, config.copies));
  Random random(stride + 10 * pixels);
  NetworkMaker make(random, {9, 16, 3});
  make.conv(10, {3, 3, stride, stride, 1, 1, 1, 1}, kNetworkInput);
  make.add(make.conv(10, {3, 3, 1, 1, 1, 1, 1, 1}, 0), 0);
  const IntegerNetwork network = make.finish(4);
  LayerConfigs configs(network.layers.size());
  configs[0] = config;
  configs[0].pixels = pixels;
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table) { add_random_rows(table, random, 3); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 4, where);
}

const LayerConfig kAllAtOnce{.filters = 10, .codes = 27, .taps = 9}, kCopied{.filters = 5, .taps = 3, .copies = 3},
    kSparse{.engine = Engine::activation_sparse, .filters = 5, .taps = 9, .copies = 2};

INSTANTIATE_TEST_SUITE_P(on_pocl, StemOfPixels,
                         ::testing::Combine(::testing::Values(1, 2), ::testing::Values(4), ::testing::Values(kAllAtOnce, kCopied, kSparse),
                                            ::testing::Values(Where::pocl)));
INSTANTIATE_TEST_SUITE_P(on_threads, StemOfPixels,
                         ::testing::Combine(::testing::Values(2), ::testing::Values(2, 4), ::testing::Values(kAllAtOnce, kCopied, kSparse),
                                            ::testing::Values(Where::threads)));

INSTANTIATE_TEST_SUITE_P(seeds, NetworksOnDevices, ::testing::ValuesIn(cases()));

}  // namespace
}  // namespace test
}  // namespace sluice
