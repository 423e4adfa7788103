// SPDX-License-Identifier: Apache-2.0
// The order of the kernels, which gives each its id, its place on the tree of parameters and the ports of joins.
//
// The order matters twice. Drivers run kernels in it, so it is topological. And a fork sends a parameter to its second
// branch when the addressed kernel's id lies in one range of numbers, so the kernels that take their parameters through
// OUT1 must be numbered without gap.
//
// The idea: a depth-first walk that follows OUT1 before OUT0 and enters a join only when it arrives there on the last
// of its inputs. That walk is a tree, and parameters take it: port A of a join is the input on which it was entered. A
// subtree is numbered without gap, so the ranges exist for every network, however its branches cross.
//
// A deal kernel is a fork of more branches. Its copies are walked from the last to the first, and copy 0 leads on. The
// gather kernel is entered after copy 0, whose port so carries the parameters. The copies' ids are numbered without gap
// too.
//
// Before: kernels and streams of layer_kernels.hpp. After: kernels in order with ids, streams in the order of their
// writers, fork ranges set; fails when a scale kernel would be entered on its map.
#pragma once

#include "runtime/base/status.hpp"
#include "runtime/bundle/netlist.hpp"

namespace sluice {

Status order_kernels(Netlist& netlist);

}  // namespace sluice
