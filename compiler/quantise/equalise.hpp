// SPDX-License-Identifier: Apache-2.0
// equalise: gives the channels of a map ranges that one scale serves.
//
// Why: a map has one scale for all channels. In depthwise networks one channel may reach 6 while its neighbour never
// passes 0.1. The neighbour then has two or three codes. Convolutions and ReLU let a positive factor pass: the
// producer's filter is multiplied by it and its readers' weights divided, and the network computes what it did
// (cross-layer equalisation, Nagel et al., arXiv 1906.04721, section 4.1). Filters have scales of their own, so the
// producer pays nothing.
//
// The idea: a depthwise reader has a scale per channel, too, so the channel may fill the whole range. Any other reader
// has one scale for its filter's channels. There, rounding of the map and of the weights are balanced: gain =
// sqrt(reader's weights / channel's range), both as shares of the layer's largest value. No gain is below 1 or takes a
// channel beyond the map's range, so a ReLU6 cuts nothing that a calibration picture had; beyond those it may cut
// early.
//
// Before: graph normalised, statistics of it. After: graph computes the same on the calibration pictures; statistics
// are out of date, but for values with no gain.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/quantise/quantise.hpp"

namespace sluice {

// Gains per channel of each value that was changed.
ChannelGains equalise(ir::Graph& graph, const Statistics& statistics);

}  // namespace sluice
