// SPDX-License-Identifier: Apache-2.0
// The kernels that compute a layer: its engine or several copies, what feeds each copy, and the requantisers they
// share.
//
// The idea: an engine finishes O sums at once, but only every so many cycles, so most of O requantisers would idle, and
// E copies would bring E times as many. With L < O (LayerConfig::lanes) engines send sums. One kernel after them
// puts the copies' pixels in order and makes codes of them, L a cycle.
//
// Before: `engine` has its name, op, operands (one for each copy) and the numbers of its window. After: the returned
// stream brings the map.
#pragma once

#include "compiler/pipeline/netlist_draft.hpp"

namespace sluice {

int add_engine(NetlistDraft& draft, const Kernel& engine);

}  // namespace sluice
