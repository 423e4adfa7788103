// SPDX-License-Identifier: Apache-2.0
// Parameters reach every kernel on exactly one way, joins get the right operand on each port, and what cannot be built
// is refused.
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "tests/support/known_shapes.hpp"
#include "tests/support/random_configs.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

// The output on which a fork or a line buffer sends parameters for kernel `id` (fork.cl, lib/copies.h).
std::size_t output_for(const Kernel& kernel, int id) {
  if (kernel.kind == KernelKind::fork)
    return id >= kernel.numbers.at(Number::branch_first) && id <= kernel.numbers.at(Number::branch_last) ? 1 : 0;
  if (kernel.outputs.size() < 2 || kernel.numbers.count(Number::copy_first) == 0) return 0;
  const int copies = kernel.numbers.at(Number::copies),
            place = (id - kernel.numbers.at(Number::copy_first)) / kernel.numbers.at(Number::copy_kernels);
  return id >= kernel.numbers.at(Number::copy_first) && place < copies - 1 ? std::size_t(copies - 1 - place) : 0;
}

// Follows a parameter for kernel `id` from the source as forks, line buffers and joins route it; true when it gets
// there.
bool reaches(const Netlist& netlist, int id) {
  std::size_t at = 0;
  for (std::size_t steps = 0; steps <= netlist.kernels.size(); ++steps) {
    const Kernel& kernel = netlist.kernels[at];
    if (kernel.id == id) return true;
    if (kernel.outputs.empty()) return false;
    const int stream = kernel.outputs[output_for(kernel, id)];
    at = std::size_t(NetlistIndex(netlist).reader(stream));
    if (netlist.kernels[at].inputs[0] != stream) return false;  // port B of a join takes no parameters
  }
  return false;
}

void expect_all_reached(const Netlist& netlist) {
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.kind == KernelKind::collector) continue;
    EXPECT_TRUE(reaches(netlist, kernel.id)) << kernel.name;
  }
}

class KernelOrder : public ::testing::TestWithParam<int> {};

TEST_P(KernelOrder, lets_parameters_reach_every_kernel) {
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 2 + GetParam() % 7);
  LayerConfigs configs;
  for (std::size_t i = 0; i < network.layers.size(); ++i) configs.push_back({convolution_engines()[random() % 3]});
  expect_all_reached(build_netlist(network, configs).value());
  auto configured = build_netlist(network, random_configs(random, network));
  ASSERT_TRUE(configured) << configured.error().text();
  expect_all_reached(*configured);
}

INSTANTIATE_TEST_SUITE_P(seeds, KernelOrder, ::testing::Range(1, 61));

TEST(KernelOrder, serves_branches_that_cross) {
  Random random(1);
  NetworkMaker make(random, {6, 6, 3});
  const int stem = make.conv(8, {}, kNetworkInput);
  const int a = make.conv(8, {}, stem), b = make.conv(8, {}, stem), c = make.conv(8, {}, stem);
  // a, b and c are joined in two orders, so that no order of the forks nests.
  const int ab = make.add(a, b), bc = make.add(b, c), ca = make.add(c, a);
  make.add(make.concat(ab, bc), make.concat(ca, ab));
  expect_all_reached(build_netlist(make.finish(3)).value());
}

TEST(KernelOrder, fits_networks_of_known_shapes) {
  Random random(1);
  for (const auto& network : {squeezenet(random, 224), mobilenet_v3_large(random, 224), resnet50(random, 224)}) {
    auto netlist = build_netlist(network);
    ASSERT_TRUE(netlist) << netlist.error().text();
    expect_all_reached(*netlist);
  }
}

TEST(KernelOrder, puts_gates_on_the_port_of_parameters) {
  for (int seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    const IntegerNetwork network = random_network(random, 6);
    const Netlist netlist = build_netlist(network).value();
    for (const Kernel& kernel : netlist.kernels) {
      if (kernel.kind != KernelKind::scale) continue;
      EXPECT_EQ(netlist.streams[std::size_t(kernel.inputs[0])].beats, kernel.numbers.at(Number::channel_groups))
          << "seed " << seed;
    }
  }
}

TEST(KernelOrder, refuses_a_map_that_nobody_reads) {
  Random random(1);
  NetworkMaker make(random, {6, 6, 3});
  make.conv(8, {}, kNetworkInput);
  make.conv(8, {}, kNetworkInput);
  const auto netlist = build_netlist(make.finish(3));
  ASSERT_FALSE(netlist);
  EXPECT_EQ(netlist.error().fault(), Fault::user);
  EXPECT_THAT(netlist.error().text(), HasSubstr("l00_conv"));
}

// Maps whose beats differ in width are joined in the largest width that divides both.
TEST(LayerKernels, cut_the_wider_operand_of_a_join) {
  Random random(1);
  NetworkMaker make(random, {6, 6, 3});
  make.concat(make.conv(12, {}, kNetworkInput), make.conv(20, {}, kNetworkInput));
  const Netlist netlist = build_netlist(make.finish(4)).value();
  int widths = 0;
  for (const Kernel& kernel : netlist.kernels) {
    if (kernel.kind == KernelKind::concat) {
      EXPECT_EQ(netlist.streams[std::size_t(kernel.outputs[0])].lanes, 2);
    }
    widths += kernel.kind == KernelKind::width;
  }
  EXPECT_EQ(widths, 2);
}

}  // namespace
}  // namespace sluice::test
