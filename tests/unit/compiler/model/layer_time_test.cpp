// SPDX-License-Identifier: Apache-2.0
// Layer times: published rooflines, counting by hand, and the walk over made-up data that the formulas shorten.
#include "compiler/model/layer_time.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace sluice {
namespace {

LayerWork convolution(MapShape input, int filters, int kernel, int stride, int pad) {
  LayerWork work{"l", LayerKind::conv, input, {}, {kernel, kernel, stride, stride, pad, pad, pad, pad}, 0};
  work.output = {(input.height + 2 * pad - kernel) / stride + 1, (input.width + 2 * pad - kernel) / stride + 1,
                 filters};
  return work;
}

// A stem that takes one whole pixel a cycle and has multipliers enough. `pads_in_stream`: the map arrives with its
// padding.
double stem_rate(int kernel, int filters, bool pads_in_stream, int pixels = 1) {
  EngineShape shape;
  shape.kind = KernelKind::conv_dense;
  shape.taps = kernel * kernel, shape.vector_lanes = shape.taps * 3, shape.filters = filters,
  shape.in_lanes = 3 * pixels, shape.out_lanes = filters, shape.pixels = pixels;
  const int pad = kernel / 2, side = pads_in_stream ? 224 + 2 * pad : 224;
  LayerTime time = layer_time(shape, convolution({side, side, 3}, filters, kernel, 2, pads_in_stream ? 0 : pad));
  time.header = 0;  // of this project's streams alone
  return 250e6 / time.interval();
}

TEST(LayerTime, rooflines_of_published_stems) {
  // 4,895 and 4,726 images/s are published (HASS, FPL 2024): a padded pixel a cycle, 230 x 230 and 226 x 226, at 250
  // MHz.
  EXPECT_EQ(std::lround(stem_rate(7, 64, true)), 4726);
  EXPECT_EQ(std::lround(stem_rate(3, 32, true)), 4895);
}

TEST(LayerTime, free_padding_and_wide_stems_are_faster) {
  EXPECT_DOUBLE_EQ(stem_rate(3, 32, false), 250e6 / (224 * 224));
  EXPECT_DOUBLE_EQ(stem_rate(3, 32, false, 2), 250e6 / (112 * 224));
}

TEST(LayerTime, dense_by_hand) {
  const LayerWork work = convolution({8, 8, 20}, 10, 3, 1, 1);
  EngineShape shape;
  shape.vector_lanes = 16, shape.filters = 4, shape.in_lanes = 16, shape.out_lanes = 4;
  // 64 pixels, 9 taps of two beats (20 channels in 16 lanes), three groups of filters.
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 64 * 9 * 2 * 3);
  shape.copies = 3;  // 22 pixels for the busiest copy
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 22 * 9 * 2 * 3);
  EXPECT_DOUBLE_EQ(layer_time(shape, work).in, 64 * 2);
  EXPECT_DOUBLE_EQ(layer_time(shape, work).out, 64 * 3);
  // One line buffer feeds the copies: 128 beats in, 1152 out; those of 49 pixels go in one cycle with a beat out.
  EXPECT_DOUBLE_EQ(layer_time(shape, work).window, 64 * 2 + 64 * 9 * 2 - 49 * 2);
  EXPECT_DOUBLE_EQ(layer_time(shape, work).interval(), 22 * 9 * 2 * 3 + 1);
  // A kernel row a beat, then all taps; copies share one stream of windows.
  shape.copies = 3, shape.taps = 3, shape.vector_lanes = 3 * 10, shape.in_lanes = 10;
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 22 * 3 * 2 * 3);
  // Each pixel enters in two beats; 7 x 7 of them complete something: at the right and lower edge several pixels leave
  // with one.
  EXPECT_DOUBLE_EQ(layer_time(shape, work).window, 64 * 3 * 2 + 64 * 2 - 49 * 2);
  shape.copies = 1, shape.taps = 9, shape.vector_lanes = 180;
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 64 * 3);
}

TEST(LayerTime, few_requantisers_are_as_slow_as_what_they_send) {
  const LayerWork work = convolution({8, 8, 16}, 24, 1, 1, 0);
  EngineShape shape;
  shape.kind = KernelKind::conv_activation_sparse, shape.filters = 12, shape.in_lanes = 16, shape.out_lanes = 12;
  LayerDensity density;
  density.activation = 3.25 / 16, density.empty_beats[16] = 0.25;
  // Of four beats one is empty, for each of two groups.
  EXPECT_DOUBLE_EQ(layer_time(shape, work, density).interval(), 64 * 2 * 3.5 + 1);
  shape.sends_sums = true, shape.out_lanes = 4;
  EXPECT_DOUBLE_EQ(layer_time(shape, work, density).interval(), 64 * 2 * 3.5 + 1);  // 384 beats of four codes
  shape.out_lanes = 3;
  EXPECT_DOUBLE_EQ(layer_time(shape, work, density).interval(), 64 * 24 / 3 + 1);
  shape.copies = 4;  // share the windows, not the requantisers
  EXPECT_DOUBLE_EQ(layer_time(shape, work, density).interval(), 64 * 24 / 3 + 1);
}

TEST(LayerTime, depthwise_by_hand) {
  LayerWork work{"l", LayerKind::depthwise, {16, 16, 24}, {8, 8, 24}, {5, 5, 2, 2, 2, 2, 2, 2}, 0};
  EngineShape shape;
  shape.kind = KernelKind::depthwise_dense, shape.filters = 8, shape.in_lanes = shape.out_lanes = 8;
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 64 * 25 * 3);
  EXPECT_EQ(work.macs(), 64 * 25 * 24);
  shape.taps = shape.vector_lanes = 5;
  EXPECT_DOUBLE_EQ(layer_time(shape, work).op, 64 * 5 * 3);
  EXPECT_EQ(shape.multipliers(), 40);
}

TEST(LayerTime, joins_wait_for_the_longer_operand) {
  LayerWork work{"l", LayerKind::concat, {4, 4, 8}, {4, 4, 32}, {}, 4 * 4 * 24};
  EngineShape shape;
  shape.kind = KernelKind::concat, shape.in_lanes = shape.out_lanes = 8;
  const LayerTime time = layer_time(shape, work);
  EXPECT_DOUBLE_EQ(time.in, 16 * 3);
  EXPECT_DOUBLE_EQ(time.out, 16 * 4);
}

class LayerTimeSeeds : public ::testing::TestWithParam<unsigned> {
 protected:
  int between(int low, int high) { return low + int(random() % unsigned(high - low + 1)); }
  std::mt19937 random{GetParam()};
};

// Shares taken from a map give the cycles of a walk over that map.
TEST_P(LayerTimeSeeds, scanned_windows_as_walked) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const int lanes = between(1, 6), groups = between(1, 3);
  const LayerWork work = convolution({between(3, 9), between(3, 9), lanes * groups}, between(1, 20), 3, 1, 1);
  EngineShape shape;
  shape.kind = KernelKind::conv_grouped_prefix, shape.in_lanes = lanes;
  shape.filters = between(1, 5), shape.group = between(1, 4), shape.prefix = between(1, shape.group), shape.copies = 1;
  EngineShape single = shape;
  single.filters *= single.group, single.group = single.prefix = 1;
  single.kind = KernelKind::conv_activation_sparse;
  std::int64_t walked = 0, scanned = 0, codes = 0, empty = 0;
  const std::int64_t beats = work.pixels() * 9 * groups,
                     passes = (work.output.channels + single.filters - 1) / single.filters;
  for (std::int64_t beat = 0; beat < beats; ++beat) {
    int live = 0;
    for (int lane = 0; lane < lanes; ++lane) live += between(0, 9) == 0;
    codes += live, empty += live == 0;
    walked += passes * std::max(1, live * shape.prefix);
    scanned += passes * std::max(1, live);
  }
  LayerDensity density;
  density.activation = double(codes) / double(beats * lanes);
  density.empty_beats[lanes] = double(empty) / double(beats);
  EXPECT_NEAR(layer_time(shape, work, density).op, double(walked + work.pixels() * passes * shape.group), 1e-6);
  EXPECT_NEAR(layer_time(single, work, density).op, double(scanned), 1e-6);
  single.copies = 2;  // the line buffer sends windows again for every pass, to each copy
  EXPECT_GE(layer_time(single, work, density).window, double(beats * passes));
}

TEST_P(LayerTimeSeeds, prefixes_as_walked) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const LayerWork work = convolution({between(3, 9), between(3, 9), between(1, 6)}, between(1, 20), 3, 1, 1);
  EngineShape shape;
  shape.kind = KernelKind::conv_weight_sparse, shape.filters = between(1, 5), shape.pixels = between(1, 4),
  shape.in_lanes = work.input.channels;
  LayerDensity density;
  for (int f = 0; f < work.output.channels; ++f) density.prefixes.push_back(between(0, int(work.window_codes())));
  // Words for several kernel columns keep tiles within a row; whole windows let them span rows.
  shape.vector_lanes = between(0, 1) == 0 ? 1 : 3;
  const int rows = shape.vector_lanes == 1 ? 1 : work.output.height;
  std::int64_t walked = 0;
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < work.pixels() / rows; x += shape.pixels) {
      std::int64_t tile = 0, groups = 0;
      for (std::size_t first = 0; first < density.prefixes.size(); first += std::size_t(shape.filters)) {
        int longest = 1;
        for (std::size_t f = first; f < std::min(first + std::size_t(shape.filters), density.prefixes.size()); ++f)
          longest = std::max(longest, density.prefixes[f]);
        tile += longest, ++groups;
      }
      // Nine beats bring a window, a beat takes a group's sums of a pixel.
      walked += std::max({tile, shape.pixels * std::int64_t{9}, shape.pixels * groups});
    }
  }
  EXPECT_DOUBLE_EQ(layer_time(shape, work, density).op, double(walked));
}

TEST_P(LayerTimeSeeds, no_dense_array_beats_its_multipliers) {
  SCOPED_TRACE(fmt::format("seed {}", GetParam()));
  const LayerWork work = convolution({between(4, 20), between(4, 20), between(1, 40)}, between(1, 40),
                                     2 * between(0, 2) + 1, between(1, 2), 0);
  if (work.output.height < 1 || work.output.width < 1) return;
  EngineShape shape;
  shape.vector_lanes = between(1, 64), shape.filters = between(1, 40), shape.copies = between(1, 5);
  const double dense = layer_time(shape, work).op;
  EXPECT_GE(dense * double(shape.multipliers()), double(work.macs()));
  // A sparse engine without zeros is no faster either, and zeros never slow it down.
  shape.kind = KernelKind::conv_pair_sparse, shape.pairs = between(1, shape.vector_lanes);
  double last = INFINITY;
  for (const double share : {1.0, 0.8, 0.5, 0.2, 0.0}) {
    const double op = layer_time(shape, work, {share, 1}).op;
    if (share == 1.0) {
      EXPECT_GE(op * double(shape.multipliers()), double(work.macs()) * (1 - 1e-12));
    }
    EXPECT_LE(op, last * (1 + 1e-12));
    last = op;
  }
}

INSTANTIATE_TEST_SUITE_P(seeds, LayerTimeSeeds, ::testing::Range(1u, 41u));

}  // namespace
}  // namespace sluice
