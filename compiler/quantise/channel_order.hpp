// SPDX-License-Identifier: Apache-2.0
// Channel order: filters that are alike in length become neighbours, so that those in lock step end together.
//
// Why: weight-sparse and pair-sparse engines work on O neighbouring filters at once and wait for the slowest. ResNet-20
// loses 17 to 21 % of its weight-sparse cycles to that. The order of a map's channels means nothing to the network, so
// filters may be sorted by the weights they keep. The idea: maps whose channels must stay aligned (operands and result
// of an add and a squeeze-excite, both sides of a depthwise convolution and a pool) form a component with one order, by
// the shares that its convolutions' filters keep of their layer's weights, weighted with the layer's MACs. A
// concatenation's order follows from the orders of its operands. Where two of them meet, and for pictures and scores,
// the order stays.
//
// The threshold that counts as kept is the lower quartile of the non-zero magnitudes: rows cut some weights, natural
// zeros are few.
//
// Before: a valid network. After: a valid one with the same scores for every picture under all thresholds per layer.
// Only grouped-prefix engines, which share a multiplier among filters, keep other weights under k < G than before.
#pragma once

#include "runtime/bundle/network.hpp"

namespace sluice {

IntegerNetwork with_ordered_channels(IntegerNetwork network);

}  // namespace sluice
