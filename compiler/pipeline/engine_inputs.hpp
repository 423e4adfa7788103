// SPDX-License-Identifier: Apache-2.0
// What stands between a map and the engine that reads it, engine by engine.
//
// Why: engines differ in what they read (beats of windows, the taps of a channel, tiles) and in the numbers of
// their kernel file. Everything else of a layer's kernels is the same for all. A new engine is two functions here.
//
// Before: the draft's configs have their defaults. After: the kernels stand in the draft, the engine has its numbers
// but those that all engines share (SENDS_SUMS, CURVE, PIXELS of a sparse one).
#pragma once

#include "compiler/pipeline/netlist_draft.hpp"

namespace sluice {

// Kernels that all copies of the engine share, from `map` on, and the engine's numbers; returns what each
// copy reads.
std::vector<int> add_engine_input(NetlistDraft& draft, int index, int map, Kernel& engine);

// Kernels of one copy alone, which works on `pixels` of the layer's pixels. Afterwards the copy reads from them.
// `engine` has the name of the copy.
void add_copy_input(NetlistDraft& draft, Kernel& engine, std::int64_t pixels);

}  // namespace sluice
