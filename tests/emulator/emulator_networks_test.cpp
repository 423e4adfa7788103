// SPDX-License-Identifier: Apache-2.0
// The text that goes to aoc, through the vendor's own front end and runtime: scores, counters and engine-busy cycles of
// random networks equal the reference's, with every engine in both precisions and every small kernel, under rows that
// change from image to image.
#include <algorithm>
#include <ostream>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "tests/emulator/presence.hpp"
#include "tests/kernels/equal_reference.hpp"
#include "tests/kernels/kernel_files.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_rows.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

constexpr int kImages = 4, kRows = 3;
constexpr int kRandomConfigs = -1;  // in place of an engine: random engines and parallelism

struct Case {
  int seed;
  int bits;
  int engine;  // of every convolution
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "seed " << c.seed << " int" << c.bits << " "
       << (c.engine == kRandomConfigs ? "random configs" : to_text(convolution_engines()[std::size_t(c.engine)]));
}

// Few blocks: a kernel is a thread that spins while it waits.
IntegerNetwork network_of(const Case& c, Random& random) {
  return random_network(random, c.engine == kRandomConfigs ? 2 : 3, c.bits);
}

LayerConfigs configs_of(const Case& c, const IntegerNetwork& network, Random& random) {
  if (c.engine == kRandomConfigs) return random_configs(random, network);
  return uniform_engines(network, convolution_engines()[std::size_t(c.engine)]);
}

std::vector<Case> cases() {
  std::vector<Case> all;
  const int engines = static_cast<int>(convolution_engines().size());
  for (int engine = 0; engine < engines; ++engine) {
    all.push_back({engine + 1, 8, engine});
    all.push_back({engine + 11, 16, engine});
  }
  for (const int seed : {21, 22, 23, 24, 25, 26}) all.push_back({seed, seed % 2 == 0 ? 16 : 8, kRandomConfigs});
  return all;
}

class NetworksOnEmulator : public testing::TestWithParam<Case> {};

TEST_P(NetworksOnEmulator, equal_the_reference) {
  SLUICE_SKIP_WITHOUT_EMULATOR();
  Random random(std::uint64_t(GetParam().seed));
  const IntegerNetwork network = network_of(GetParam(), random);
  const LayerConfigs configs = configs_of(GetParam(), network, random);
  const Scratch scratch;
  auto bundle = bundle_of(network, scratch.path() / "bundle", configs, [&](DesignTable& table, const Netlist& netlist) {
    add_random_rows(table, netlist, random, kRows);
  });
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal_to_reference(*bundle, random, kImages, Where::emulator);
}

INSTANTIATE_TEST_SUITE_P(seeds, NetworksOnEmulator, testing::ValuesIn(cases()));

// Asked of the netlists alone, so it holds where there is no emulator.
TEST(NetworksForEmulator, hold_every_kernel_file_and_every_engine_in_both_precisions) {
  std::set<std::string> seen, wanted;
  for (const std::string& op : operators()) wanted.insert(op);
  for (const KernelKind engine : convolution_engines()) {
    for (const int bits : {8, 16}) wanted.insert(fmt::format("{} int{}", op_of(engine), bits));
  }
  for (const Case& c : cases()) {
    Random random(std::uint64_t(c.seed));
    const IntegerNetwork network = network_of(c, random);
    const Netlist netlist = build_netlist(network, configs_of(c, network, random)).value();
    for (const Kernel& kernel : netlist.kernels) {
      seen.insert(op_of(kernel.kind));
      seen.insert(fmt::format("{} int{}", op_of(kernel.kind), c.bits));
    }
  }
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), seen.begin(), seen.end(), std::back_inserter(missing));
  EXPECT_THAT(missing, testing::IsEmpty());
}

}  // namespace
}  // namespace sluice::test
