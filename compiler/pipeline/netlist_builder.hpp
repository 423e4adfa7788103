// SPDX-License-Identifier: Apache-2.0
// Turns an integer network into kernels and streams.
//
// Before: the network is valid. After: the netlist is valid for it: one writer and one reader a stream, parameters
// reach every kernel on exactly one path, and every stream is deep enough for the branch that waits (fifo_depth.hpp).
#pragma once

#include "compiler/pipeline/layer_config.hpp"
#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

// `configs`: one per layer of the network, or empty: all dense, all by default. Fails with Fault::user when a config
// does not fit its layer, or when the network needs more kernels than a bundle may have.
Result<Netlist> build_netlist(const IntegerNetwork& network, const LayerConfigs& configs = {});

}  // namespace sluice
