// SPDX-License-Identifier: Apache-2.0
// equalise: gives the channels of a map ranges that one scale serves.
//
// Why: a map has one scale for all channels. In depthwise networks one channel may reach 6 while its neighbour never
// passes 0.1. The neighbour then has two or three codes. Convolutions and ReLU let a positive factor pass: the
// producer's filter is multiplied by it and its readers' weights divided, and the network computes what it did
// (cross-layer equalisation, Nagel et al., arXiv 1906.04721, section 4.1). Filters have scales of their own, so the
// producer pays nothing. A curve lets no factor pass, but the multiplier after it is the filter's own and takes it.
// Pools and the map's way through squeeze-excite keep it.
//
// The idea: values that pools and gates lead from one to another share their gains. A depthwise reader has a scale per
// channel, too, so the channel may fill the whole range. Any other reader has one scale for its filter's channels.
// There, rounding of the map and of the weights are balanced: gain = sqrt(reader's weights / channel's range), both as
// shares of the layer's largest value. No gain is below 1 or takes a channel beyond the map's range, so a ReLU6 cuts
// nothing that a calibration picture had; beyond those it may cut early.
//
// The graph stays as it is: whoever makes codes of weights and values asks for them with their gains.
//
// Before: graph normalised, statistics of it without gains. After: nothing is changed.
#pragma once

#include <vector>

#include "compiler/ir/graph.hpp"
#include "compiler/quantise/statistics.hpp"

namespace sluice {

// Gains of each value that has any.
ChannelGains equalise(const ir::Graph& graph, const Statistics& statistics);

// Of a convolution: the gains that its filters have before its sums are rounded; null where a curve follows, or none.
const std::vector<double>* gains_of_filters(const ir::Node& conv, const ChannelGains& gains);
// Its weights times the gains of its filters, over those of its input.
ir::Tensor equalised_weights(const ir::Graph& graph, const ir::Node& conv, const ChannelGains& gains);

}  // namespace sluice
