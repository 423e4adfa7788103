// SPDX-License-Identifier: Apache-2.0
// LayerConfig: how much of a layer is computed at once, and by which engine. Design-space exploration chooses it.
//
// Why: a pipeline is as fast as its slowest layer, so work must be spread over layers in any proportion. The idea:
// every parallelism is a number of the layer; 0 leaves it to a rule. The netlist follows from the numbers alone
// (layer_kernels.hpp). Neighbours need not agree (width kernels stand between streams of different lanes).
//
// Before: the network is valid. After check_layer_config(): the numbers divide what they must divide.
#pragma once

#include <string>
#include <vector>

#include "runtime/base/status.hpp"
#include "runtime/bundle/kernel_kind.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// The most lanes that the default rule gives a stream: M input channels times O filters stay within 256 multipliers.
inline constexpr int kMaxLanes = 16;
// The most lanes a stream can have at all.
inline constexpr int kMostLanes = 256;

// Output pixels that share a weight in the weight-sparse engine, by default; O * P multipliers then stay within 64 a
// layer.
inline constexpr int kTilePixels = 4;
// Each of them is O multipliers and as many accumulators.
inline constexpr int kMostTilePixels = 64;

// Largest divisor of `channels` that is at most kMaxLanes.
int lanes_for(int channels);

// The letters are those of the design's engine table. 0 takes the default.
struct LayerConfig {
  KernelKind engine = KernelKind::conv_dense;  // of a convolution; the other kinds have one engine each
  // O: filters (of a grouped-prefix engine: multipliers, each with G filters), or channels of a depthwise layer, a pool
  // or a join, computed at once; a divisor of the output channels (of a concatenation: of the channels of both
  // operands). Default: lanes_for(filters); outside convolutions the lanes that arrive.
  int filters = 0;
  // L: codes that leave a convolution in a beat, a divisor of O. Default O: every filter lane of every copy has a
  // requantiser of its own. Fewer stand after the engine, in a kernel that its copies share (engine_kernels.hpp).
  int lanes = 0;
  // M: codes of a window beat: input channels at once times `taps`. Default: the lanes that arrive, times `taps`.
  int codes = 0;
  // Taps in a window beat: 1, the kernel's width, or all of them. Default 1. (Pair-sparse windows above 1x1 have all.)
  int taps = 0;
  // N: products per cycle and filter of a pair-sparse engine, 1 to M. Default: a third of M, at which a vector rarely
  // takes a second cycle.
  int multipliers = 0;
  // E: copies of the engine, which take the output pixels in turn; any number up to the pixels. Default 1.
  int copies = 0;
  // P: neighbouring pixels in a beat from the source; divides the width; only the layer that reads the network's input.
  // Default 1.
  int pixels = 0;
  // G: filters that share a multiplier of a grouped-prefix engine: 2, 4 or 8. Default: the most that leave 4
  // multipliers.
  int group = 0;
  // P of a weight-sparse engine: output pixels that share a weight. Default kTilePixels, or all pixels where there are
  // fewer.
  int tile_pixels = 0;

  bool operator==(const LayerConfig&) const = default;
};

using LayerConfigs = std::vector<LayerConfig>;

// Can the engine take windows of so many codes in so many taps? A weight-sparse engine counts places up to a limit, a
// pair-sparse one has all taps of a channel side by side in a beat; the others take any window.
bool takes_window(KernelKind engine, std::int64_t codes, std::int64_t taps);

// The same engine for every convolution but the first (its input has no zeros), the last on 1x1 maps (too little
// work to skip any) and those whose window it does not take; everything else by default.
LayerConfigs uniform_engines(const IntegerNetwork& network, KernelKind engine);

// The config with every default that the layer alone decides: O and L of a convolution, G, P of a weight-sparse engine.
// An odd number of filters has no prefix: its engine becomes activation-sparse.
LayerConfig with_defaults(const Layer& layer, LayerConfig config);

// Fails with Fault::user and says which number of which layer must divide what.
Status check_layer_config(const IntegerNetwork& network, int layer, const LayerConfig& config);

}  // namespace sluice
