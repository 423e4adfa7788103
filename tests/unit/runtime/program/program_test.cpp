// SPDX-License-Identifier: Apache-2.0
// The generated program depends on the shape of a network alone: who trains again keeps the bitstream.
#include "runtime/program/opencl_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "device/device_files.hpp"
#include "runtime/bundle/parameter_words.hpp"
#include "runtime/bundle/program_identity.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

Design design_of(IntegerNetwork network, KernelKind engine) {
  const LayerConfigs engines = uniform_engines(network, engine);
  Netlist netlist = build_netlist(network, engines).value();
  return {std::move(network), std::move(netlist)};
}

BundleFiles program_of(const Design& design) {
  BundleFiles files;
  write_opencl(design, device_files(), files);
  return files;
}

// The same layers with other numbers, as training again gives them.
IntegerNetwork retrained(IntegerNetwork network, Random& random) {
  for (Layer& layer : network.layers) {
    for (std::int16_t& weight : layer.weights)
      weight = static_cast<std::int16_t>(static_cast<int>(random() % 255) - 127);
    for (std::int32_t& bias : layer.bias) bias = bias / 2 - 1;
    for (std::uint16_t& multiplier : layer.multiplier) multiplier = static_cast<std::uint16_t>(multiplier / 2 + 1);
  }
  return network;
}

class Retrained : public ::testing::TestWithParam<int> {};

TEST_P(Retrained, has_the_same_program_and_other_parameters) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 2 + GetParam() % 4, GetParam() % 3 == 0 ? 16 : 8);
  for (const KernelKind engine :
       {KernelKind::conv_dense, KernelKind::conv_activation_sparse, KernelKind::conv_weight_sparse,
        KernelKind::conv_grouped_prefix, KernelKind::conv_pair_sparse}) {
    const Design first = design_of(network, engine), second = design_of(retrained(network, random), engine);
    ASSERT_TRUE(second.network.validate());
    EXPECT_EQ(program_of(first), program_of(second));
    const auto words = [](const Design& d) {
      return parameter_batches(d.network, d.netlist, dense_table(d.network, d.netlist, "x"), 4096);
    };
    const auto before = words(first), after = words(second);
    bool differs = false;
    if (engine == KernelKind::conv_weight_sparse) continue;  // its lists are as long as there are weights
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(before[i].address, after[i].address);
      EXPECT_EQ(before[i].words.size(), after[i].words.size());
      differs |= before[i].words != after[i].words;
    }
    EXPECT_TRUE(differs);
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, Retrained, ::testing::Range(1, 9));

TEST(Program, of_another_shape_differs) {
  Random random(3);
  NetworkMaker narrow(random, {8, 8, 3}), wide(random, {8, 8, 3});
  narrow.conv(4, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  wide.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  EXPECT_NE(program_of(design_of(narrow.finish(3), KernelKind::conv_dense)),
            program_of(design_of(wide.finish(3), KernelKind::conv_dense)));
}

TEST(Identity, is_that_of_the_program_and_of_nothing_else) {
  Random random(4);
  NetworkMaker maker(random, {8, 8, 3});
  maker.conv(4, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  BundleFiles files = program_of(design_of(maker.finish(3), KernelKind::conv_dense));
  const std::string identity = files.at(kIdentityFile);
  EXPECT_THAT(identity, ::testing::ContainsRegex("IDENTITY\\(sluice_id_[0-9a-f]{16}\\)"));
  EXPECT_THAT(files.at("top.cl"), ::testing::HasSubstr("#include \"identity.h\""));
  files["weights.bin"] = files["report/report.json"] = "other";
  EXPECT_EQ(identity_file(files), identity);
  for (const char* path :
       {"top.cl", "params/source.h", "kernels/source/source.cl", "lib/stream_intel.h", "contract/wire.h"}) {
    BundleFiles changed = files;
    changed.at(path) += " ";
    EXPECT_NE(identity_file(changed), identity) << path;
  }
}

TEST(Identity, of_a_bundle_is_what_its_program_declares) {
  Random random(5);
  const Scratch scratch;
  const Bundle bundle = bundle_of(random_network(random, 2), scratch.path() / "bundle").value();
  EXPECT_THAT(bundle.read(kIdentityFile).value(),
              ::testing::HasSubstr("IDENTITY(" + identity_kernel(bundle.hashes()) + ")"));
}

}  // namespace
}  // namespace sluice::test
