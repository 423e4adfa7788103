// SPDX-License-Identifier: Apache-2.0
// Kernels between a map and the layer that reads it: other lanes, and the line buffer that makes windows of pixels.
//
// Before: `in` brings the map. After: the returned streams do, in the wanted beats; where the map comes so by itself,
// `in`.
#pragma once

#include "compiler/pipeline/netlist_draft.hpp"

namespace sluice {

// Brings an operand in beats of `lanes` (0: as it comes). Two widths of which none divides the other meet in their
// least common multiple, which costs no cycle and divides the channels as both do. Where that is too wide, they meet in
// their common divisor.
int add_width(NetlistDraft& draft, int index, int operand, int in, int lanes);

// The line buffer before a windowed layer; none where it would only copy. `kind` is window (beats of the map's
// lanes, or several taps of them) or taps (beats of all taps of a channel). A stream for each copy of the layer's
// engine.
std::vector<int> add_window(NetlistDraft& draft, int index, KernelKind kind, int in, int out_lanes, int replay);

}  // namespace sluice
