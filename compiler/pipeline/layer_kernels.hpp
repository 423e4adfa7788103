// SPDX-License-Identifier: Apache-2.0
// The kernels of every layer and the streams between them, in no particular order yet.
//
// Why: which kernels a layer is made of, and how wide its streams are, is one decision. Their order, ids and depths are
// others (kernel_order.hpp, fifo_depth.hpp).
//
// Widths: a layer works in the lanes of its config. By default a convolution sends lanes_for(filters) lanes, the
// grouped-prefix engine as many as it has multipliers. Every other layer keeps those that arrive, so that it needs no
// buffer. A join works in the largest width that divides the widths of both operands. Width kernels stand where a
// stream has other lanes than its reader.
//
// Before: the network is valid, one checked config per layer, and every layer but the last has a reader. After: a
// netlist without ids; port A of scale carries its gates, of the other joins the first operand.
#pragma once

#include "compiler/pipeline/netlist_builder.hpp"

namespace sluice {

Netlist layer_kernels(const IntegerNetwork& network, const LayerConfigs& configs);

}  // namespace sluice
