// SPDX-License-Identifier: Apache-2.0
// What a parallelism must divide is said in a sentence, and what is chosen shows in streams and cycles.
#include "compiler/pipeline/layer_config.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "compiler/pipeline/netlist_builder.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/simulate/layer_cycles.hpp"
#include "tests/support/random_network.hpp"
#include "tests/unit/compiler/pipeline/token_flow.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

// conv 3x3 of 12 filters on 8x10x3, depthwise 3x3, max pool, conv 1x1 of 20 filters, then finish()'s average and
// classifier.
IntegerNetwork small_network() {
  Random random(1);
  NetworkMaker make(random, {8, 10, 3});
  const int pool =
      make.pool(LayerKind::max_pool, {2, 2, 2, 2}, make.depthwise(kSame3x3, make.conv(12, kSame3x3, kNetworkInput)));
  make.conv(20, {}, pool);
  return make.finish(5);
}

struct Refusal {
  int layer;
  LayerConfig config;
  const char* sentence;
};

TEST(LayerConfig, is_refused_with_what_must_divide_what) {
  const IntegerNetwork network = small_network();
  constexpr KernelKind kPairs = KernelKind::conv_pair_sparse;
  const std::vector<Refusal> refusals{
      {0, {.filters = 5}, "O = 5 must divide the 12 output channels; possible are 1, 2, 3, 4, 6, 12"},
      {0, {.codes = 2}, "M = 2 must divide the 3 input channels; possible are 1, 3"},
      {0, {.codes = 8, .taps = 9}, "M = 8 must be a multiple of the 9 taps"},
      {0, {.codes = 18, .taps = 9}, "M / taps = 2 must divide the 3 input channels"},
      {0,
       {.engine = KernelKind::conv_activation_sparse, .codes = 9, .taps = 3},
       "activation_sparse engines take one tap"},
      {0, {.taps = 2}, "taps = 2; 1, a kernel row (3) and the whole kernel (9)"},
      {0, {.multipliers = 2}, "only a pair-sparse engine has N"},
      {0, {.engine = kPairs, .codes = 3}, "M = 3; a pair-sparse vector is the 9 taps"},
      {0, {.engine = kPairs, .multipliers = 10}, "N = 10 is more than the M = 9"},
      {0, {.engine = kPairs, .pixels = 2}, "a pair-sparse engine takes a pixel a beat"},
      {0, {.copies = 81}, "E = 81 copies for 80 output pixels"},
      {0, {.pixels = 4}, "P = 4 must divide the 10 pixels of a row; possible are 1, 2, 5, 10"},
      {0, {.codes = 1, .pixels = 2}, "M must be 3 or 0"},
      {0, {.group = 4}, "G = 4, but only a grouped-prefix engine groups filters"},
      {0, {.lanes = 5}, "L = 5 must divide the 12 filters computed at once (O); possible are 1, 2, 3, 4, 6, 12"},
      {0, {.filters = 6, .lanes = 4}, "L = 4 must divide the 6 filters computed at once (O); possible are 1, 2, 3, 6"},
      {0, {.lanes = -2}, "-2 is no parallelism"},
      {1, {.lanes = 2}, "L = 2, but only a convolution shares its requantisers"},
      {2, {.lanes = 1}, "L = 1, but only a convolution shares its requantisers"},
      {0, {.copies = -1}, "-1 is no parallelism"},
      {1, {.pixels = 2}, "come from the source only"},
      {1, {.filters = 4, .codes = 9, .taps = 3}, "a depthwise layer takes O * taps = 12 codes"},
      {2, {.copies = 2}, "max_pool has lanes (O) only"},
      {3, {.engine = kPairs, .multipliers = 2}, "N = 2 needs M"},
      {3, {.codes = 24}, "M = 24 must divide the 12 input channels"},
  };
  for (const Refusal& refusal : refusals) {
    LayerConfigs configs(network.layers.size());
    configs[std::size_t(refusal.layer)] = refusal.config;
    const auto netlist = build_netlist(network, configs);
    ASSERT_FALSE(netlist) << refusal.sentence;
    EXPECT_EQ(netlist.error().fault(), Fault::user) << netlist.error().text();
    EXPECT_THAT(netlist.error().text(), HasSubstr(refusal.sentence));
    EXPECT_THAT(netlist.error().text(), HasSubstr(network.layers[std::size_t(refusal.layer)].name));
  }
}

TEST(LayerConfig, refuses_more_kernels_than_a_bundle_may_have) {
  const IntegerNetwork network = small_network();
  LayerConfigs configs(network.layers.size());
  configs[0].copies = 80;
  EXPECT_TRUE(build_netlist(network, configs));
  configs[1].copies = 80;
  configs[0].filters = 4;
  const auto netlist = build_netlist(network, configs);
  ASSERT_FALSE(netlist);
  EXPECT_THAT(netlist.error().text(), HasSubstr("a bundle may have 240; fewer copies (E)"));
}

int sum_of_multipliers(const Netlist& netlist, int layer) {
  int sum = 0;
  for (const Kernel& kernel : netlist.kernels)
    if (kernel.layer == layer) sum += multipliers(netlist, kernel);
  return sum;
}

TEST(LayerConfig, shows_in_multipliers_and_cycles) {
  const IntegerNetwork network = small_network();
  LayerConfigs configs(network.layers.size());
  configs[0] = {.filters = 4, .codes = 9, .taps = 3, .copies = 3};
  configs[1] = {.filters = 6, .codes = 54, .taps = 9};
  configs[3] = {.engine = KernelKind::conv_pair_sparse, .filters = 10, .codes = 6, .multipliers = 2, .copies = 2};
  auto built = build_netlist(network, configs);
  ASSERT_TRUE(built) << built.error().text();
  EXPECT_EQ(sum_of_multipliers(*built, 0), 3 * 4 * 9);
  EXPECT_EQ(sum_of_multipliers(*built, 1), 54);
  EXPECT_EQ(sum_of_multipliers(*built, 3), 2 * 10 * 2);
  const auto cycles = simulate::LayerCycles({network, *built});
  EXPECT_EQ(cycles.fixed(0), 80 * 3 + 17 + 1)
      << "the window, 17 pixels complete none; copy 0: 27 of the 80 pixels, 3 beats for each of 3 filter groups";
  EXPECT_EQ(cycles.fixed(1), 80 * 3 + 1) << "three beats of four channels are made one of twelve, then two of six";
  EXPECT_EQ(NetlistIndex(*built).copies(0), 3);
  EXPECT_EQ(NetlistIndex(*built).copies(1), 1);
  const std::vector<LayerCounters> counters{{3, 80, 800, 1001, 0}};
  EXPECT_EQ(cycles.layers(counters)[3], 1 + 500.5);
}

const Kernel* find_kernel(const Netlist& netlist, const std::string& name) {
  const auto found =
      std::find_if(netlist.kernels.begin(), netlist.kernels.end(), [&](const Kernel& k) { return k.name == name; });
  return found == netlist.kernels.end() ? nullptr : &*found;
}

int sum_of_requantisers(const Netlist& netlist, int layer) {
  int sum = 0;
  for (const Kernel& kernel : netlist.kernels)
    if (kernel.layer == layer) sum += requantisers(netlist, kernel);
  return sum;
}

// However many copies finish sums, as many requantisers stand after them as are asked for.
TEST(LayerConfig, shares_requantisers_among_filters_and_copies) {
  const IntegerNetwork network = small_network();
  const std::string name = network.layers[0].name;
  struct Choice {
    int filters, lanes, copies, requantisers;
    const char* in_front;  // of the requantise kernel; none where every filter has its own
  };
  for (const Choice& c :
       {Choice{12, 0, 1, 12, ""}, Choice{12, 12, 1, 12, ""}, Choice{6, 6, 3, 18, ""}, Choice{6, 0, 3, 18, ""},
        Choice{12, 1, 1, 1, "_conv_dense"}, Choice{6, 3, 1, 3, "_conv_dense"}, Choice{6, 2, 3, 2, "_conv_dense_0"}}) {
    SCOPED_TRACE(fmt::format("O {}, L {}, E {}", c.filters, c.lanes, c.copies));
    LayerConfigs configs(network.layers.size());
    configs[0] = {.filters = c.filters, .lanes = c.lanes, .copies = c.copies};
    configs[1] = {.filters = 12};
    auto built = build_netlist(network, configs);
    ASSERT_TRUE(built) << built.error().text();
    EXPECT_EQ(sum_of_requantisers(*built, 0), c.requantisers);
    EXPECT_EQ(sum_of_requantisers(*built, 1), 12) << "a depthwise layer keeps one a channel";
    const Kernel* kernel = find_kernel(*built, name + "_requantise");
    ASSERT_EQ(kernel != nullptr, *c.in_front != 0);
    if (kernel == nullptr) continue;
    const Stream& sums = built->streams[std::size_t(kernel->inputs[0])];
    EXPECT_EQ(NetlistIndex(*built).writing(kernel->inputs[0]).name, name + c.in_front);
    EXPECT_EQ(sums.lanes, c.filters);
    EXPECT_EQ(sums.element_bits, 32);
    EXPECT_EQ(built->streams[std::size_t(kernel->outputs[0])].lanes, c.lanes);
    // 80 pixels of 12 filters; the windows take 3 x 3 x 3 beats of one code, once for each group of filters.
    const auto cycles = simulate::LayerCycles({network, *built});
    const double of_engine = cycles.fixed(0), of_requantise = 1 + 80.0 * 12 / c.lanes;
    EXPECT_GE(of_engine, of_requantise);
    if (c.lanes == 1) {
      EXPECT_EQ(of_engine, of_requantise) << "the slowest of the layer";
    }
  }
}

// What a model and a choice of engine may ask for too much of is the user's matter, not a netlist that fails its own
// check.
TEST(LayerConfig, windows_too_large_for_an_engine_are_refused_by_name) {
  Random random(3);
  NetworkMaker make(random, {7, 7, 3});
  make.conv(4, {7, 7, 1, 1, 0, 0, 0, 0}, make.conv(1400, kSame3x3, kNetworkInput));
  const IntegerNetwork network = make.finish(3);
  const auto refusal = [&](const LayerConfig& config) {
    LayerConfigs configs(network.layers.size());
    configs[1] = config;
    const auto built = build_netlist(network, configs);
    EXPECT_FALSE(built);
    EXPECT_EQ(built.error().fault(), Fault::user);
    return built.error().text();
  };
  EXPECT_THAT(refusal({.engine = KernelKind::conv_weight_sparse}),
              HasSubstr("a window of 68600 codes; its engine counts places to 65535, choose another"));
  LayerConfigs scanned(network.layers.size());
  scanned[1].engine = KernelKind::conv_activation_sparse;
  EXPECT_TRUE(build_netlist(network, scanned)) << "a mask looks at a beat, wherever it stands";
  EXPECT_THAT(refusal({.codes = 0, .taps = 49}), HasSubstr("codes a beat, 256 are possible; fewer taps at once"));
  EXPECT_TRUE(build_netlist(network, LayerConfigs(network.layers.size())));
}

// A named engine, or the rule's, is given to those convolutions that can have it: what `check` calls supported is
// planned.
TEST(LayerConfig, convolutions_too_large_for_the_engine_stay_dense) {
  Random random(3);
  NetworkMaker make(random, {20, 13, 3});
  const int deep = make.conv(280, kSame3x3, make.conv(8, kSame3x3, kNetworkInput));  // 260 taps of 280 channels
  make.conv(4, {20, 13, 1, 1, 0, 0, 0, 0}, deep);
  const IntegerNetwork network = make.finish(3);
  for (const KernelKind engine : convolution_engines()) {
    const LayerConfigs configs = uniform_engines(network, engine);
    EXPECT_EQ(configs[1].engine, engine);
    const bool is_too_large = engine == KernelKind::conv_weight_sparse || engine == KernelKind::conv_pair_sparse;
    EXPECT_EQ(configs[2].engine, is_too_large ? KernelKind::conv_dense : engine);
    EXPECT_TRUE(build_netlist(network, configs));
  }
}

// window.cl: an iteration lasts as many cycles as beats are sent in it, and one if none is.
std::int64_t window_cycles(const Netlist& netlist, const Kernel& window) {
  const flow::Sequence sequence = flow::sequence_of(netlist, window);
  std::int64_t cycles = 0, sent = 0;
  for (auto port = sequence.rbegin(); port != sequence.rend(); ++port) {
    sent += *port >= flow::kOut;
    if (*port < flow::kOut) cycles += std::max<std::int64_t>(1, sent), sent = 0;
  }
  return cycles - 1;  // but for the header
}

// The figure of a 224x224 picture: 25,088 cycles are 9,964 images/s at 250 MHz.
TEST(LayerConfig, makes_a_stem_as_fast_as_its_pixels_arrive) {
  Random random(2);
  NetworkMaker make(random, {224, 224, 3});
  make.conv(16, {3, 3, 2, 2, 1, 1, 1, 1}, kNetworkInput);
  make.conv(16, {3, 3, 2, 2, 1, 1, 1, 1}, 0);
  const IntegerNetwork network = make.finish(3);
  for (const int pixels : {1, 2}) {
    LayerConfigs configs(network.layers.size());
    configs[0] = {.filters = 16, .taps = 9, .pixels = pixels};
    auto built = build_netlist(network, configs);
    ASSERT_TRUE(built) << built.error().text();
    EXPECT_EQ(sum_of_multipliers(*built, 0), 27 * 16);
    EXPECT_EQ(simulate::LayerCycles({network, *built}).fixed(0), 224 * 224 / pixels + 1);
    for (const Kernel& kernel : built->kernels) {
      if (kernel.layer != 0 || kernel.kind != KernelKind::window) continue;
      EXPECT_EQ(built->streams[std::size_t(kernel.outputs[0])].beats, 112 * 112);
      EXPECT_EQ(window_cycles(*built, kernel), 224 * 224 / pixels);
    }
  }
}

}  // namespace
}  // namespace sluice::test
