// SPDX-License-Identifier: Apache-2.0
// Netlist::validate() holds for what the planner builds and refuses each single fault.
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "runtime/bundle/netlist_index.hpp"
#include "tests/unit/runtime/bundle/designs.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

TEST(Netlist, of_every_random_network_is_valid) {
  for (int seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    const Design design = seasoned_design(random, 1 + seed % 6);
    const auto status = design.netlist.validate(design.network);
    EXPECT_TRUE(status) << "seed " << seed << ": " << status.error().text();
    for (int s = 0; s < std::ssize(design.netlist.streams); ++s) {
      EXPECT_LT(NetlistIndex(design.netlist).writer(s), NetlistIndex(design.netlist).reader(s)) << "seed " << seed;
      EXPECT_GE(NetlistIndex(design.netlist).writer(s), 0);
    }
  }
}

// A residual block, a fire module with maps of other widths, squeeze-excite, pool, classifier: every kind of fault has
// its place.
Design residual() {
  Random random(5);
  NetworkMaker make(random, {6, 6, 4});
  const int stem = make.conv(8, kSame3x3, kNetworkInput);
  const int branch = make.conv(8, kSame3x3, make.conv(4, kSame3x3, stem));
  make.squeeze_excite(make.fire(4, 8, 12, make.add(branch, stem)), 3);
  const IntegerNetwork network = make.finish(10);
  return {network, build_netlist(network).value()};
}

Kernel& kernel_of(Netlist& netlist, const std::string& op) {
  for (Kernel& kernel : netlist.kernels)
    if (op_of(kernel.kind) == op) return kernel;
  throw std::logic_error("no kernel " + op);
}

struct NetlistFault {
  const char* name;
  std::function<void(Netlist&)> break_it;
  const char* words;  // of the refusal
};

void PrintTo(const NetlistFault& broken, std::ostream* out) { *out << broken.name; }

class BrokenNetlist : public ::testing::TestWithParam<NetlistFault> {};

TEST_P(BrokenNetlist, is_refused) {
  Design design = residual();
  ASSERT_TRUE(design.netlist.validate(design.network));
  GetParam().break_it(design.netlist);
  const auto status = design.netlist.validate(design.network);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr(GetParam().words));
}

const NetlistFault kFaults[] = {
    {"empty", [](Netlist& n) { n.kernels.clear(); }, "start with the source"},
    {"no_source", [](Netlist& n) { n.kernels.erase(n.kernels.begin()); }, "start with the source"},
    {"no_sink", [](Netlist& n) { n.kernels.pop_back(); }, "end with the sink"},
    {"missing_number", [](Netlist& n) { kernel_of(n, "window").numbers.erase(Number::replay); }, "REPLAY"},
    {"number_too_many", [](Netlist& n) { kernel_of(n, "conv_dense").numbers[Number::window] = 0; }, "parameters"},
    {"number_of_a_join", [](Netlist& n) { kernel_of(n, "add").numbers[Number::weight_bits] = 8; }, "parameters"},
    {"second_source", [](Netlist& n) { kernel_of(n, "fork").kind = KernelKind::source; }, ""},
    {"missing_port", [](Netlist& n) { kernel_of(n, "add").inputs.pop_back(); }, "inputs"},
    {"name_twice", [](Netlist& n) { n.kernels[2].name = n.kernels[1].name; }, "stands twice"},
    {"id_out_of_place", [](Netlist& n) { n.kernels[2].id = 1; }, "id 1"},
    {"layer_too_large", [](Netlist& n) { n.kernels[2].layer = 99; }, "layer 99"},
    {"layer_too_small", [](Netlist& n) { n.kernels[2].layer = -2; }, "layer -2"},
    {"input_out_of_range", [](Netlist& n) { n.kernels[2].inputs[0] = 999; }, "stream 999"},
    {"input_negative", [](Netlist& n) { n.kernels[2].inputs[0] = -1; }, "stream -1"},
    {"output_out_of_range", [](Netlist& n) { n.kernels[2].outputs[0] = 999; }, "stream 999"},
    {"two_readers", [](Netlist& n) { kernel_of(n, "add").inputs[1] = kernel_of(n, "add").inputs[0]; }, "two readers"},
    {"two_writers", [](Netlist& n) { kernel_of(n, "fork").outputs[1] = kernel_of(n, "fork").outputs[0]; },
     "two writers"},
    {"read_before_written", [](Netlist& n) { std::swap(n.kernels[1].inputs, n.kernels[2].inputs); },
     "before it is written"},
    {"no_reader", [](Netlist& n) { n.streams.push_back(n.streams.back()); }, "no reader"},
    {"no_lanes", [](Netlist& n) { n.streams[1].lanes = 0; }, "0 lanes"},
    {"too_many_lanes", [](Netlist& n) { n.streams[1].lanes = 100000; }, "100000 lanes"},
    {"odd_bits", [](Netlist& n) { n.streams[1].element_bits = 7; }, "7 bits"},
    {"no_beats", [](Netlist& n) { n.streams[1].beats = 0; }, "0 beats"},
    {"absurd_beats", [](Netlist& n) { n.streams[1].beats = std::int64_t{1} << 62; }, "beats"},
    {"no_depth", [](Netlist& n) { n.streams[1].depth = 0; }, "depth 0"},
};

INSTANTIATE_TEST_SUITE_P(each, BrokenNetlist, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

// Numbers that agree with each other but not with the network would make a driver index beyond its buffers.
const NetlistFault kMisfits[] = {
    {"steps", [](Netlist& n) { kernel_of(n, "conv_dense").numbers[Number::steps] += 1; }, "conv_dense"},
    {"filter_groups", [](Netlist& n) { kernel_of(n, "conv_dense").numbers[Number::filter_groups] = 50; }, "conv_dense"},
    {"weight_bits", [](Netlist& n) { kernel_of(n, "conv_dense").numbers[Number::weight_bits] = 0; }, "conv_dense"},
    {"lanes", [](Netlist& n) { n.streams[kernel_of(n, "conv_dense").outputs[0]].lanes = 3; }, ""},
    {"beats", [](Netlist& n) { n.streams[kernel_of(n, "conv_dense").outputs[0]].beats += 1; }, ""},
    {"no_layer", [](Netlist& n) { kernel_of(n, "conv_dense").layer = -1; }, "conv_dense"},
    {"other_layer", [](Netlist& n) { kernel_of(n, "conv_dense").layer = 3; }, "conv_dense"},
    {"sink_beats", [](Netlist& n) { kernel_of(n, "sink").numbers[Number::beats] += 1; }, "sink"},
    {"pool_groups", [](Netlist& n) { kernel_of(n, "global_average_pool").numbers[Number::channel_groups] += 1; },
     "global_average_pool"},
    {"window_width", [](Netlist& n) { kernel_of(n, "window").numbers[Number::width] -= 1; }, "window"},
    {"curve", [](Netlist& n) { kernel_of(n, "conv_dense").numbers[Number::curve] = 1; }, "CURVE"},
    {"swapped_twice", [](Netlist& n) { kernel_of(n, "add").numbers[Number::is_swapped] = 2; }, "IS_SWAPPED"},
    {"swapped_concat",
     [](Netlist& n) {
       auto& k = kernel_of(n, "concat");
       k.numbers[Number::is_swapped] = 1 - k.numbers[Number::is_swapped];
     },
     "concat"},
    {"concat_groups", [](Netlist& n) { kernel_of(n, "concat").numbers[Number::b_groups] += 1; }, "B_GROUPS"},
    {"scale_pixels", [](Netlist& n) { kernel_of(n, "scale").numbers[Number::steps] += 1; }, "STEPS"},
    {"scale_groups", [](Netlist& n) { kernel_of(n, "scale").numbers[Number::channel_groups] += 1; }, "CHANNEL_GROUPS"},
    {"gates_on_b",
     [](Netlist& n) {
       auto& k = kernel_of(n, "scale");
       std::swap(k.inputs[0], k.inputs[1]);
     },
     "scale"},
    {"width_lanes", [](Netlist& n) { n.streams[kernel_of(n, "width").outputs[0]].lanes = 5; }, "width"},
    {"branch_of_nobody", [](Netlist& n) { kernel_of(n, "fork").numbers[Number::branch_last] = 999; }, "branch"},
    {"fork_lanes", [](Netlist& n) { n.streams[kernel_of(n, "fork").outputs[1]].lanes = 4; }, ""},
};

INSTANTIATE_TEST_SUITE_P(misfit, BrokenNetlist, ::testing::ValuesIn(kMisfits),
                         [](const auto& info) { return std::string(info.param.name); });

// Three copies of a sparse engine: who gets whose parameters and records.
const NetlistFault kCopyMisfits[] = {
    {"first_id", [](Netlist& n) { kernel_of(n, "window").numbers[Number::copy_first] -= 1; }, "COPY_FIRST"},
    {"too_many_kernels", [](Netlist& n) { kernel_of(n, "window").numbers[Number::copy_kernels] = 200; },
     "COPY_KERNELS"},
    {"too_few_kernels", [](Netlist& n) { kernel_of(n, "window").numbers[Number::copy_kernels] = 0; }, "COPY"},
    {"records_of_a_map",
     [](Netlist& n) { std::swap(kernel_of(n, "collector").inputs[0], kernel_of(n, "gather").inputs[0]); }, ""},
    {"pixels", [](Netlist& n) { kernel_of(n, "gather").numbers[Number::pixels] -= 1; }, "PIXELS"},
};

TEST(Netlist, misfits_of_copies_are_refused) {
  Random random(6);
  NetworkMaker make(random, {6, 5, 4});
  make.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(10);
  const Netlist netlist =
      build_netlist(network, {{.engine = KernelKind::conv_activation_sparse, .copies = 3}, {}, {}}).value();
  ASSERT_TRUE(netlist.validate(network));
  for (const NetlistFault& fault : kCopyMisfits) {
    Netlist broken = netlist;
    fault.break_it(broken);
    const auto status = broken.validate(network);
    ASSERT_FALSE(status) << fault.name;
    EXPECT_EQ(status.error().fault(), Fault::user);
    EXPECT_THAT(status.error().text(), HasSubstr(fault.words)) << fault.name;
  }
}

// What a kernel or an address cannot count is refused when the netlist is built, not by the device's compiler.
TEST(Netlist, layers_beyond_the_addresses_are_refused) {
  const auto refusal = [](int channels, int filters, const LayerConfig& config) {
    Random random(1);
    NetworkMaker make(random, {1, 1, channels});
    make.conv(filters, {}, kNetworkInput);
    const IntegerNetwork network = make.finish(2);
    const auto netlist = build_netlist(network, {config, {}});
    return netlist ? std::string() : netlist.error().text();
  };
  EXPECT_THAT(refusal(2048, 2112, {.engine = KernelKind::conv_activation_sparse, .filters = 1}),
              HasSubstr("rows of weights"));
  EXPECT_EQ(refusal(2048, 2112, {.engine = KernelKind::conv_activation_sparse, .filters = 16}), "");
  EXPECT_EQ(refusal(40000, 4, {.engine = KernelKind::conv_activation_sparse}), "") << "in beats that a mask can hold";
  EXPECT_THAT(refusal(2048, 16, {.engine = KernelKind::conv_activation_sparse, .codes = 64}),
              HasSubstr("look through at most 32 codes at once"));
}

// The kSame3x3 for a layer that goes through tiles.
const NetlistFault kTileMisfits[] = {
    {"steps", [](Netlist& n) { kernel_of(n, "tile").numbers[Number::steps] += 1; }, "STEPS"},
    {"pixels", [](Netlist& n) { kernel_of(n, "tile").numbers[Number::pixels] -= 1; }, "PIXELS"},
    {"groups", [](Netlist& n) { kernel_of(n, "tile").numbers[Number::filter_groups] += 1; }, "FILTER_GROUPS"},
    {"no_pixels",
     [](Netlist& n) {
       for (auto* op : {"tile", "conv_weight_sparse"}) kernel_of(n, op).numbers[Number::tile_pixels] = 0;
     },
     "TILE_PIXELS is 0"},
    {"too_many",
     [](Netlist& n) {
       for (auto* op : {"tile", "conv_weight_sparse"}) kernel_of(n, op).numbers[Number::tile_pixels] = 31;
     },
     "1 to 30"},
    {"other_tiles", [](Netlist& n) { kernel_of(n, "conv_weight_sparse").numbers[Number::tile_pixels] += 1; },
     "TILE_PIXELS"},
    {"window", [](Netlist& n) { kernel_of(n, "conv_weight_sparse").numbers[Number::window] -= 1; }, "WINDOW"},
    {"beats", [](Netlist& n) { n.streams[kernel_of(n, "tile").outputs[0]].beats -= 1; }, "beats on"},
    {"no_marks", [](Netlist& n) { n.streams[kernel_of(n, "tile").outputs[0]].lanes -= 1; }, "lanes of"},
};

class BrokenTiles : public ::testing::TestWithParam<NetlistFault> {};

TEST_P(BrokenTiles, are_refused) {
  Random random(5);
  NetworkMaker make(random, {6, 5, 4});
  make.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(10);
  Netlist netlist =
      build_netlist(network, {{KernelKind::conv_weight_sparse}, {KernelKind::conv_dense}, {KernelKind::conv_dense}})
          .value();
  ASSERT_TRUE(netlist.validate(network));
  GetParam().break_it(netlist);
  const auto status = netlist.validate(network);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(misfit, BrokenTiles, ::testing::ValuesIn(kTileMisfits),
                         [](const auto& info) { return std::string(info.param.name); });

// Sums that arrive as codes, or codes as sums, would be scores of noise.
const NetlistFault kSumMisfits[] = {
    {"engine_that_sends_codes",
     [](Netlist& n) { kernel_of(n, "conv_activation_sparse").numbers[Number::sends_sums] = 0; }, "bits of"},
    {"engine_that_sends_twice",
     [](Netlist& n) { kernel_of(n, "conv_activation_sparse").numbers[Number::sends_sums] = 2; },
     "SENDS_SUMS is 2; 0 and 1 are possible"},
    {"curve_in_front", [](Netlist& n) { kernel_of(n, "conv_activation_sparse").numbers[Number::curve] = 1; },
     "CURVE is 1, the network needs 0"},
    {"no_curve_behind", [](Netlist& n) { kernel_of(n, "requantise").numbers[Number::curve] = 0; },
     "CURVE is 0, the network needs 1"},
    {"shift", [](Netlist& n) { kernel_of(n, "requantise").numbers[Number::shift] = 1; }, "SHIFT is 1"},
    {"clamp", [](Netlist& n) { kernel_of(n, "requantise").numbers[Number::code_low] = -3; }, "CODE_LOW is -3"},
    {"short_sums", [](Netlist& n) { kernel_of(n, "conv_activation_sparse").numbers[Number::sum_bits] = 9; },
     "SUM_BITS is 9"},
    {"rows", [](Netlist& n) { kernel_of(n, "requantise").numbers[Number::filter_groups] += 1; },
     "FILTER_GROUPS is 5, the network needs 4"},
    {"narrow_sums", [](Netlist& n) { n.streams[kernel_of(n, "requantise").inputs[0]].element_bits = 16; }, "bits of"},
    {"wide_codes", [](Netlist& n) { n.streams[kernel_of(n, "requantise").outputs[0]].element_bits = 32; }, "bits of"},
    {"lost_sums", [](Netlist& n) { n.streams[kernel_of(n, "requantise").inputs[0]].beats -= 1; }, "beats of"},
    {"lost_codes", [](Netlist& n) { n.streams[kernel_of(n, "requantise").outputs[0]].beats += 1; }, "beats of"},
    {"wider_behind",
     [](Netlist& n) {
       Kernel& k = kernel_of(n, "requantise");
       Stream& codes = n.streams[k.outputs[0]];
       codes.lanes = 8, codes.beats /= 4, k.numbers[Number::filter_groups] = 1;
     },
     "lanes left over between"},
    {"sums_of_another_layer", [](Netlist& n) { kernel_of(n, "requantise").layer = 1; }, "requantise"},
    {"sums_to_another_kernel",
     [](Netlist& n) {
       auto& k = kernel_of(n, "requantise");
       const int copies = static_cast<int>(k.inputs.size());
       k.kind = copies == 1 ? KernelKind::width : KernelKind::gather, k.numbers.clear();
       if (copies > 1) k.numbers = {{Number::copies, copies}, {Number::pixels, 30}, {Number::channel_groups, 2}};
     },
     "only a requantise kernel of its layer makes codes of them"},
};

TEST(Netlist, misfits_of_sums_are_refused) {
  Random random(8);
  NetworkMaker make(random, {6, 5, 4});
  make.add_curve(make.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput));
  make.conv(8, {3, 3, 1, 1, 1, 1, 1, 1}, make.last());
  const IntegerNetwork network = make.finish(10);
  for (const int copies : {1, 3}) {
    const Netlist netlist =
        build_netlist(
            network,
            {{.engine = KernelKind::conv_activation_sparse, .filters = 4, .lanes = 2, .copies = copies}, {}, {}, {}})
            .value();
    ASSERT_TRUE(netlist.validate(network));
    for (const NetlistFault& fault : kSumMisfits) {
      SCOPED_TRACE(fmt::format("{}, {} copies", fault.name, copies));
      Netlist broken = netlist;
      fault.break_it(broken);
      const auto status = broken.validate(network);
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().fault(), Fault::user);
      EXPECT_THAT(status.error().text(), HasSubstr(fault.words));
    }
  }
  // Codes in front of requantisers, each kernel consistent in itself.
  Netlist codes = build_netlist(network, {{.filters = 4, .lanes = 2}, {}, {}, {}}).value();
  Kernel& engine = kernel_of(codes, "conv_dense");
  for (const auto& [number, value] : requantisation_numbers(network.layers[0])) engine.numbers[number] = value;
  engine.numbers[Number::sends_sums] = 0;
  codes.streams[std::size_t(engine.outputs[0])].element_bits = 8;
  const auto status = codes.validate(network);
  ASSERT_FALSE(status);
  EXPECT_THAT(status.error().text(),
              HasSubstr("conv_dense stands in front, not an engine of its layer that sends sums"));
}

// Two passes of the grouped-prefix engine: numbers of line buffer and engine must agree.
const NetlistFault kPrefixMisfits[] = {
    {"ranks", [](Netlist& n) { kernel_of(n, "conv_grouped_prefix").numbers[Number::ranks] = 3; }, "RANKS is 3"},
    {"other_ranks", [](Netlist& n) { kernel_of(n, "conv_grouped_prefix").numbers[Number::ranks] = 4; }, "beats of"},
    {"replay", [](Netlist& n) { kernel_of(n, "window").numbers[Number::replay] = 1; }, "beats"},
    {"short_windows", [](Netlist& n) { n.streams[kernel_of(n, "window").outputs[0]].beats -= 1; }, "beats"},
    {"steps", [](Netlist& n) { kernel_of(n, "conv_grouped_prefix").numbers[Number::steps] -= 1; }, "STEPS"},
    {"without_ranks", [](Netlist& n) { kernel_of(n, "conv_grouped_prefix").kind = KernelKind::conv_activation_sparse; },
     "parameters"},
};

TEST(Netlist, grouped_prefix_misfits_are_refused) {
  Random random(5);
  NetworkMaker make(random, {4, 4, 2});
  make.conv(144, {3, 3, 1, 1, 1, 1, 1, 1}, kNetworkInput);
  const IntegerNetwork network = make.finish(3);
  const Netlist netlist =
      build_netlist(network, {{KernelKind::conv_grouped_prefix}, {KernelKind::conv_dense}, {KernelKind::conv_dense}})
          .value();
  ASSERT_EQ(NetlistIndex(netlist).prefix(0), (Prefix{0, 8, 9}));
  for (const NetlistFault& fault : kPrefixMisfits) {
    Netlist broken = netlist;
    fault.break_it(broken);
    const auto status = broken.validate(network);
    ASSERT_FALSE(status) << fault.name;
    EXPECT_THAT(status.error().text(), HasSubstr(fault.words)) << fault.name;
  }
}

TEST(Netlist, of_another_network_is_refused) {
  int refused = 0;
  for (int seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    const Design a = seasoned_design(random, 2), b = seasoned_design(random, 2);
    refused += !a.netlist.validate(b.network);
  }
  EXPECT_EQ(refused, 20);
}

TEST(Netlist, more_than_240_kernels_are_refused) {
  Random random(1);
  NetworkMaker make(random, {3, 3, 2});
  for (int i = 0; i < 130; ++i) make.conv(2, {3, 3, 1, 1, 1, 1, 1, 1}, make.last());
  const auto netlist = build_netlist(make.finish(2));
  ASSERT_FALSE(netlist);
  EXPECT_EQ(netlist.error().fault(), Fault::user);
  EXPECT_THAT(netlist.error().text(), HasSubstr("240"));
}

}  // namespace
}  // namespace sluice::test
