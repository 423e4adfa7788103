// SPDX-License-Identifier: Apache-2.0
// IntegerNetwork::validate() refuses each single fault; the pixel table is the formula of its head.
#include <functional>

#include <gmock/gmock.h>

#include "tests/unit/runtime/bundle/designs.hpp"

namespace sluice::test {
namespace {

using ::testing::HasSubstr;

// 0 conv 3x3, 1 depthwise 3x3 with a curve, 2 max pool, 3 average pool, 4 add of the two before it, 5 global pool,
// 6 and 7 small layers, 8 scale, 9 concat, 10 global pool, 11 classifier with a curve.
IntegerNetwork every_kind() {
  Random random(3);
  NetworkMaker make(random, {8, 8, 3});
  const Window half{2, 2, 2, 2, 0, 0, 0, 0};
  const int conv = make.conv(4, kSame3x3, kNetworkInput);
  const int depthwise = make.depthwise(kSame3x3, conv);
  const int pool = make.pool(LayerKind::max_pool, half, depthwise);
  const int average = make.pool(LayerKind::average_pool, kSame3x3, pool);
  const int sum = make.add(average, pool);
  make.add_curve(depthwise);
  const int scaled = make.squeeze_excite(sum, 3);
  make.concat(scaled, pool);
  IntegerNetwork network = make.finish(5);
  FusedCurve& curve = network.layers.back().curve;
  curve = {CurveKind::hard_swish, 0.5, 4, {}, {}, {}, 30, -32767, 32767};
  curve.base.resize(512), curve.slope.resize(512), curve.multiplier.resize(5, 40000);
  network.labels = {"a", "b", "c", "d", "e"};
  return network;
}

struct NetworkFault {
  const char* name;
  std::function<void(IntegerNetwork&)> break_it;
  const char* words;
};

void PrintTo(const NetworkFault& broken, std::ostream* out) { *out << broken.name; }

class BrokenNetwork : public ::testing::TestWithParam<NetworkFault> {};

TEST_P(BrokenNetwork, is_refused) {
  IntegerNetwork network = every_kind();
  const auto before = network.validate();
  ASSERT_TRUE(before) << before.error().text();
  GetParam().break_it(network);
  const auto status = network.validate();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr(GetParam().words));
}

const NetworkFault kBroken[] = {
    {"no_layer", [](auto& n) { n.layers.clear(); }, "no layer"},
    {"empty_input", [](auto& n) { n.input.height = 0; }, "input"},
    {"input_bits", [](auto& n) { n.input_bits = 9; }, "9"},
    {"input_bits_zero", [](auto& n) { n.input_bits = 0; }, "0"},
    {"few_means", [](auto& n) { n.preprocess.mean.pop_back(); }, "mean"},
    {"many_deviations", [](auto& n) { n.preprocess.deviation.push_back(1); }, "deviation"},
    {"zero_deviation", [](auto& n) { n.preprocess.deviation[0] = 0; }, "deviation"},
    {"zero_input_scale", [](auto& n) { n.input_scale = 0; }, "scale"},
    {"zero_output_scale", [](auto& n) { n.layers[0].output_scale = 0; }, "scale"},
    {"name_twice", [](auto& n) { n.layers[1].name = n.layers[0].name; }, "twice"},
    {"name_of_a_path", [](auto& n) { n.layers[1].name = "../../l01"; }, "../../l01"},
    {"empty_name", [](auto& n) { n.layers[1].name = ""; }, "name"},
    {"reads_itself", [](auto& n) { n.layers[1].inputs = {1}; }, "come before"},
    {"reads_minus_two", [](auto& n) { n.layers[1].inputs = {-2}; }, "come before"},
    {"gates_of_other_channels",
     [](auto& n) {
       n.layers[8].inputs[1] = 6;
       n.layers[6].output.channels = 99;
     },
     "l06"},
    {"gates_and_map_swapped", [](auto& n) { std::swap(n.layers[8].inputs[0], n.layers[8].inputs[1]); }, "shape"},
    {"scale_other_shape", [](auto& n) { n.layers[8].output.height = 3; }, "shape"},
    {"concat_too_few_channels", [](auto& n) { n.layers[9].output.channels = 4; }, "concat"},
    {"concat_other_channels", [](auto& n) { n.layers[9].output.channels = 9; }, "shape"},
    {"concat_other_height", [](auto& n) { n.layers[9].output.height = 3; }, "concat"},
    {"concat_of_one", [](auto& n) { n.layers[9].inputs.pop_back(); }, "1 inputs"},
    {"concat_changes_bits", [](auto& n) { n.layers[9].output_bits = 16; }, "8 bits"},
    {"pool_changes_bits", [](auto& n) { n.layers[2].output_bits = 16; }, "8 bits"},
    {"curve_behind_a_pool", [](auto& n) { n.layers[2].curve = n.layers[1].curve; }, "max_pool"},
    {"curve_without_bases", [](auto& n) { n.layers[1].curve.base.clear(); }, "0 curve bases where 512"},
    {"a_slope_is_missing", [](auto& n) { n.layers[1].curve.slope.pop_back(); }, "511 curve slopes"},
    {"lines_without_curve",
     [](auto& n) {
       n.layers[1].curve.kind = CurveKind::none;
       n.layers[1].clamp_low = -127, n.layers[1].clamp_high = 127;
     },
     "512 curve bases where 0"},
    {"a_multiplier_of_a_curve", [](auto& n) { n.layers.back().curve.multiplier.pop_back(); }, "4 curve multipliers"},
    {"segments_too_wide", [](auto& n) { n.layers[1].curve.segment_bits = 9; }, "2^9 codes"},
    {"curve_scale", [](auto& n) { n.layers[1].curve.scale = 0; }, "curve scale"},
    {"curve_shift", [](auto& n) { n.layers.back().curve.shift = 0; }, "curve shift 0"},
    {"curve_clamp", [](auto& n) { n.layers.back().curve.clamp_high = 32768; }, "curve clamp"},
    {"two_inputs",
     [](auto& n) {
       n.layers[1].inputs = {0, 0};
     },
     "2 inputs"},
    {"one_operand", [](auto& n) { n.layers[4].inputs = {3}; }, "1 inputs"},
    {"other_shape", [](auto& n) { n.layers[1].input.width = 7; }, "shape"},
    {"huge_output", [](auto& n) { n.layers[0].output.height = 70000; }, "70000"},
    {"last_window_outside", [](auto& n) { n.layers[2].output.height = 5; }, "window"},
    {"zero_stride", [](auto& n) { n.layers[2].window.stride_w = 0; }, "window"},
    {"zero_kernel", [](auto& n) { n.layers[2].window.kernel_w = 0; }, "window"},
    {"negative_pad", [](auto& n) { n.layers[0].window.pad_top = -1; }, "window"},
    {"negative_pad_behind", [](auto& n) { n.layers[0].window.pad_bottom = -1; }, "window"},
    {"pad_as_large_as_kernel", [](auto& n) { n.layers[0].window.pad_left = 3; }, "window"},
    {"absurd_kernel", [](auto& n) { n.layers[2].window.kernel_h = 2000000000; }, "window"},
    {"convolution_hangs_over", [](auto& n) { n.layers[0].window.pad_bottom -= 1; }, "hang over"},
    {"other_channels", [](auto& n) { n.layers[2].output.channels = 3; }, "channels"},
    {"add_other_shape", [](auto& n) { n.layers[4].output.height = 3; }, "shape"},
    {"global_pool_not_1x1", [](auto& n) { n.layers[5].output.height = 2; }, "1x1"},
    {"few_weights", [](auto& n) { n.layers[0].weights.pop_back(); }, "weights"},
    {"few_biases", [](auto& n) { n.layers[0].bias.pop_back(); }, "bias"},
    {"few_multipliers", [](auto& n) { n.layers[0].multiplier.pop_back(); }, "multipliers"},
    {"pool_without_multiplier", [](auto& n) { n.layers[3].multiplier.clear(); }, "multipliers"},
    {"shift_zero", [](auto& n) { n.layers[0].shift = 0; }, "shift 0"},
    {"shift_47", [](auto& n) { n.layers[0].shift = 47; }, "shift 47"},
    {"sums_of_33_bits", [](auto& n) { n.layers[0].sum_bits = 33; }, "sums of 33 bits"},
    {"bias_beyond_its_sum", [](auto& n) { n.layers[0].sum_bits = 4, n.layers[0].bias[0] = 8; },
     "does not fit sums of 4 bits"},
    {"output_bits", [](auto& n) { n.layers[0].output_bits = 12; }, "12 bits"},
    {"clamp_low", [](auto& n) { n.layers[0].clamp_low = -128; }, "clamp -128"},
    {"clamp_high", [](auto& n) { n.layers[0].clamp_high = 128; }, "clamp"},
    {"clamp_swapped", [](auto& n) { n.layers[0].clamp_low = 5, n.layers[0].clamp_high = 4; }, "clamp 5..4"},
    {"not_1x1",
     [](auto& n) {
       n.layers.resize(3);
       n.labels.clear();
     },
     "1x1"},
    {"scores_with_gains", [](auto& n) { n.layers.back().channel_gain.assign(5, 2.0); }, "one scale"},
    {"scores_in_another_order",
     [](auto& n) {
       n.layers.back().channel_order = {4, 3, 2, 1, 0};
     },
     "the model's order"},
    {"few_labels", [](auto& n) { n.labels.pop_back(); }, "labels"},
};

INSTANTIATE_TEST_SUITE_P(each, BrokenNetwork, ::testing::ValuesIn(kBroken),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Network, macs_count_every_tap_of_every_output_pixel) {
  const IntegerNetwork network = every_kind();
  EXPECT_EQ(network.layers[0].macs(), 8 * 8 * 4 * 3 * 3 * 3);
  EXPECT_EQ(network.layers[1].macs(), 8 * 8 * 4 * 3 * 3);
  EXPECT_EQ(network.layers[2].macs(), 0);
  EXPECT_EQ(network.layers.back().macs(), 5 * (4 + 4));
}

TEST(Network, kinds_come_back_from_their_names) {
  for (const LayerKind kind : {LayerKind::conv, LayerKind::depthwise, LayerKind::max_pool, LayerKind::average_pool,
                               LayerKind::global_average_pool, LayerKind::add, LayerKind::scale, LayerKind::concat}) {
    EXPECT_EQ(layer_kind_from_text(to_text(kind)).value(), kind);
  }
  for (const CurveKind kind : {CurveKind::none, CurveKind::hard_sigmoid, CurveKind::hard_swish, CurveKind::other}) {
    EXPECT_EQ(curve_kind_from_text(to_text(kind)).value(), kind);
  }
  for (const TailKind kind : {TailKind::softmax, TailKind::log_softmax, TailKind::sigmoid}) {
    EXPECT_EQ(tail_kind_from_text(to_text(kind)).value(), kind);
  }
  EXPECT_THAT(tail_kind_from_text("exp").error().text(), HasSubstr("log_softmax"));
  EXPECT_THAT(curve_kind_from_text("tanh").error().text(), HasSubstr("tanh"));
  EXPECT_THAT(layer_kind_from_text("lstm").error().text(), HasSubstr("lstm"));
}

TEST(PixelTable, rounds_half_away_from_zero_and_saturates) {
  IntegerNetwork network = every_kind();
  network.preprocess.mean = {128, 0, 127.5};
  network.preprocess.deviation = {1, 255, 1};
  network.input_scale = 2;
  const auto first = pixel_table(network, 0);
  ASSERT_EQ(first.size(), 256u);
  EXPECT_EQ(first[128], 0);
  EXPECT_EQ(first[127], -1);  // -0.5
  EXPECT_EQ(first[129], 1);   // 0.5
  EXPECT_EQ(first[0], -64);
  EXPECT_EQ(first[255], 64);  // 63.5
  network.input_scale = 0.5;
  EXPECT_EQ(pixel_table(network, 0)[0], -127);
  EXPECT_EQ(pixel_table(network, 0)[255], 127);
  EXPECT_EQ(pixel_table(network, 1)[255], 2);
  EXPECT_EQ(pixel_table(network, 2)[0], -127);
  network.input_bits = 16;
  EXPECT_EQ(pixel_table(network, 0)[0], -256);
}

}  // namespace
}  // namespace sluice::test
