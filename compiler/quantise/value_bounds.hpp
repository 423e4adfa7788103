// SPDX-License-Identifier: Apache-2.0
// How far down a value can go, whatever the picture: from the graph alone.
//
// Why: the proof of a convolution's sums weighs the largest against the smallest input. After a ReLU there are no
// negative codes. So positive and negative weights never help each other, and a sum needs about a bit less.
//
// The idea: interval arithmetic, forwards, on the lower end only: the upper end is the range that calibration chooses.
// What comes out decides how many bits are kept; the proof itself uses the exact codes of the lowered layers.
//
// Before: graph normalised. After: a lower bound for every value, minus infinity where there is none (the input,
// too: a device takes any code).
#pragma once

#include <map>
#include <string>

#include "compiler/ir/graph.hpp"

namespace sluice {

std::map<std::string, double> lower_bounds(const ir::Graph& graph);

}  // namespace sluice
