// SPDX-License-Identifier: Apache-2.0
// Turns an integer network into kernels and streams.
//
// Before: the network is valid. After: the netlist is valid for it: one writer and one reader a stream, parameters
// reach every kernel on exactly one path, and every stream is deep enough for the branch that waits (fifo_depth.hpp).
#pragma once

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// The most lanes the dense engines use: M input channels times O filters stay within 256 multipliers a layer.
inline constexpr int kMaxLanes = 16;

// Output pixels that share a weight in the weight-sparse engine; O * P multipliers then stay within 64 a layer.
inline constexpr int kTilePixels = 4;

// Largest divisor of `channels` that is at most kMaxLanes.
int lanes_for(int channels);

// How a convolution is computed. What each skips: compiler/README.md, section Engines.
enum class Engine { dense, activation_sparse, pair_sparse, weight_sparse, grouped_prefix };

Result<Engine> engine_from_text(const std::string& text);

// One engine per layer of the network; entries of other layers than conv are ignored. Empty: all dense.
using Engines = std::vector<Engine>;

// The same engine for every convolution but the first (its input has no zeros) and the last on 1x1 maps (too little
// work to pay for a compactor).
Engines uniform_engines(const IntegerNetwork& network, Engine engine);

// Fails with Fault::user when the network needs more kernels than a bundle may have.
Result<Netlist> build_netlist(const IntegerNetwork& network, const Engines& engines = {});

}  // namespace sluice
