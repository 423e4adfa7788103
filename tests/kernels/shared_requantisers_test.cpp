// SPDX-License-Identifier: Apache-2.0
// Fewer requantisers than filters: every engine sends sums, alone and in copies, with every curve, and scores and
// counters equal the plain reference's. L from one to a divisor of O that leaves two parts, O from a part of the
// filters to all of them.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/kernels/equal_reference.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

constexpr int kEngines = 5;

class SharedRequantisers : public ::testing::TestWithParam<std::tuple<int, int, Where>> {};  // bits, copies, device

// Three layers an engine: with bias alone, and with a curve on a window that overlaps, and one pixel wide.
IntegerNetwork network_of_engines(Random& random, int bits) {
  NetworkMaker make(random, {6, 7, 3}, bits);
  int at = kNetworkInput;
  for (int engine = 0; engine < kEngines; ++engine) {
    at = make.conv(24, kSame3x3, at);
    at = make.conv(engine % 2 == 0 ? 8 : 12, {}, at);
    make.add_curve(at);
  }
  return make.finish(6);
}

LayerConfigs configs_of(const IntegerNetwork& network, int copies) {
  LayerConfigs configs(network.layers.size());
  for (std::size_t i = 0; i < 2 * kEngines; ++i) {
    configs[i] = {.engine = convolution_engines()[std::size_t(i / 2)], .copies = copies};
    const bool has_groups = configs[i].engine == KernelKind::conv_grouped_prefix;
    configs[i].group = has_groups ? 2 : 0;
    configs[i].filters = network.layers[i].output.channels / (i % 2 == 0 ? 4 : has_groups ? 2 : 1);  // 6 of 24, or all
    configs[i].lanes = i % 2 == 0 ? 3 : i % 4 == 1 ? 1 : 2;
  }
  configs.back() = {.filters = 6, .lanes = 1};  // 16-bit scores
  return configs;
}

TEST_P(SharedRequantisers, equal_the_reference) {
  const auto [bits, copies, where] = GetParam();
  const int seed = bits + copies;
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Random random(seed);
  const IntegerNetwork network = network_of_engines(random, bits);
  const LayerConfigs configs = configs_of(network, copies);
  const Netlist netlist = build_netlist(network, configs).value();
  ASSERT_EQ(std::count_if(netlist.kernels.begin(), netlist.kernels.end(),
                          [](const Kernel& k) { return k.kind == KernelKind::requantise; }),
            2 * kEngines + 1);
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs,
                          [&](DesignTable& table, const Netlist&) { add_random_rows(table, netlist, random, 4); });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, 8, where);
}

INSTANTIATE_TEST_SUITE_P(devices, SharedRequantisers,
                         ::testing::Values(std::tuple{8, 1, Where::pocl}, std::tuple{16, 3, Where::pocl},
                                           std::tuple{8, 3, Where::threads}, std::tuple{16, 1, Where::threads}));

}  // namespace
}  // namespace sluice::test
