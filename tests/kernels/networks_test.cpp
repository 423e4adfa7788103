// SPDX-License-Identifier: Apache-2.0
// The kernels equal the plain reference, bit by bit, on random networks: scores, and the engines' counters, with every
// engine, with default and with random parallelism, under rows of random thresholds that change from image to image. On
// PoCL (dialect pocl), and as threads with queues of the planned depths, which is the text that goes to aoc (dialect
// intel).
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "tests/kernels/equal_reference.hpp"
#include "tests/kernels/kernel_files.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

int pick(Random& random, int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); }

constexpr int kEngines = 5;

struct Case {
  int seed;
  int bits;
  int engine;  // of every convolution: the engine of this number, kEngines a random one each, kEngines + 1 random
               // configs
  Where where;
};

std::string engine_text(int engine) {
  if (engine > kEngines) return "random configs";
  return engine == kEngines ? "random engines" : to_text(convolution_engines()[std::size_t(engine)]);
}

void PrintTo(const Case& c, std::ostream* out) {
  *out << "seed " << c.seed << " int" << c.bits << " " << engine_text(c.engine) << " ";
  PrintTo(c.where, out);
}

class NetworksOnDevices : public ::testing::TestWithParam<Case> {};

IntegerNetwork network_of(const Case& c, Random& random) { return random_network(random, 2 + c.seed % 4, c.bits); }

LayerConfigs configs_of(const Case& c, const IntegerNetwork& network, Random& random) {
  if (c.engine == kEngines + 1) return random_configs(random, network);
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    configs.push_back(
        {convolution_engines()[std::size_t(c.engine < kEngines ? c.engine : pick(random, 0, kEngines - 1))]});
  }
  return configs;
}

TEST_P(NetworksOnDevices, equal_the_reference) {
  Random random(GetParam().seed);
  const IntegerNetwork network = network_of(GetParam(), random);
  const LayerConfigs configs = configs_of(GetParam(), network, random);
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist& netlist) {
    add_random_rows(table, netlist, random, 3);
  });
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
  for (int seed = 141; seed <= 158; ++seed) {
    const int bits = seed % 4 < 2 ? 16 : 8;
    all.push_back({seed, bits, kEngines + 1, seed % 3 == 0 ? Where::pocl_exact : Where::pocl});
    if (seed % 2 == 0) all.push_back({seed, bits, kEngines + 1, Where::threads});
  }
  return all;
}

void see_parallelism(const Netlist& netlist, const Kernel& kernel, std::set<std::string>& seen) {
  const auto lanes = [&](int stream) { return netlist.streams[std::size_t(stream)].lanes; };
  if (kernel.kind == KernelKind::width)
    seen.insert(lanes(kernel.outputs[0]) > lanes(kernel.inputs[0]) ? "wider" : "narrower");
  const bool takes_sums = kernel.kind == KernelKind::requantise;
  if (kernel.kind == KernelKind::gather || takes_sums) {
    const KernelKind engine = NetlistIndex(netlist).writing(kernel.inputs[0]).kind;
    const bool has_copies = kernel.inputs.size() > 1;
    if (has_copies) seen.insert(fmt::format("{} copies", kernel.inputs.size()));
    if (has_copies) seen.insert("copies of " + std::string(op_of(engine)));
    if (takes_sums) seen.insert("sums of " + std::string(op_of(engine)) + (has_copies ? ", copies" : ""));
  }
  if (takes_sums) {
    seen.insert(fmt::format("sums to curve {}", kernel.numbers.at(Number::curve)));
  }
  if (kernel.kind == KernelKind::replay)
    seen.insert("replay of " +
                std::string(op_of(netlist.kernels[std::size_t(NetlistIndex(netlist).reader(kernel.outputs[0]))].kind)));
  if (kernel.kind != KernelKind::window) return;
  seen.insert(fmt::format("pixels {}", kernel.numbers.at(Number::in_pixels)));
  if (kernel.numbers.at(Number::taps_h) > 1)
    seen.insert("all taps");
  else if (kernel.numbers.at(Number::taps_w) > 1)
    seen.insert("row of taps");
}

// What is not in any of the networks would go untested unseen.
TEST(RandomNetworks, hold_every_kernel_file_curve_and_order_of_ports) {
  std::set<std::string> seen, wanted{"curve 0",
                                     "curve 1",
                                     "add swapped 0",
                                     "add swapped 1",
                                     "concat swapped 0",
                                     "concat swapped 1",
                                     "pixels 2",
                                     "row of taps",
                                     "all taps",
                                     "2 copies",
                                     "3 copies",
                                     "wider",
                                     "narrower",
                                     "replay of conv_dense",
                                     "replay of conv_pair_sparse",
                                     "copies of conv_activation_sparse",
                                     "copies of conv_weight_sparse",
                                     "copies of conv_grouped_prefix",
                                     "copies of depthwise_dense"};
  for (const char* engine :
       {"conv_dense", "conv_activation_sparse", "conv_weight_sparse", "conv_grouped_prefix", "conv_pair_sparse"}) {
    wanted.insert(std::string("sums of ") + engine);
    wanted.insert(std::string("sums of ") + engine + ", copies");
  }
  for (int curve = 0; curve < 2; ++curve) wanted.insert(fmt::format("sums to curve {}", curve));
  for (const std::string& op : operators()) wanted.insert(op);
  for (const Case& c : cases()) {
    Random random(c.seed);
    const IntegerNetwork network = network_of(c, random);
    const Netlist netlist = build_netlist(network, configs_of(c, network, random)).value();
    for (const Kernel& kernel : netlist.kernels) {
      seen.insert(op_of(kernel.kind));
      see_parallelism(netlist, kernel, seen);
      if (kernel.numbers.count(Number::curve) != 0)
        seen.insert(fmt::format("curve {}", kernel.numbers.at(Number::curve)));
      if (kernel.numbers.count(Number::is_swapped) != 0)
        seen.insert(fmt::format("{} swapped {}", op_of(kernel.kind), kernel.numbers.at(Number::is_swapped)));
    }
  }
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(), std::back_inserter(missing));
  EXPECT_THAT(missing, ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(seeds, NetworksOnDevices, ::testing::ValuesIn(cases()));

}  // namespace
}  // namespace sluice::test
