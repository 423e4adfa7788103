// SPDX-License-Identifier: Apache-2.0
// Chooses the depth of every stream.
//
// Why: where two branches of a fork meet again, one of them delivers late (a 3x3 window needs the next row first). The
// early branch must hold what it has made until then, or the fork stalls and with it the late branch: a deadlock.
//
// The idea: count in pixels of the network's input. For every stream, need[p] is the index of the last input pixel that
// must have entered before pixel p can leave. At a join, when pixel p can first be joined, the early branch has made
// every q with need[q] <= the late need[p]; p of them have been taken, the others wait in the stream:
//
//     depth >= max over p of ( count{ q : need_early[q] <= need_late[p] } - p )
//
// A gate of squeeze-excite counts as needed by every pixel of its map, which therefore waits as a whole.
//
// This bounds what must wait, whatever the speed of the kernels, as long as no kernel holds back more than its window,
// or the tiles that a weight-sparse engine has in work, which count the same way.
// Copies of an engine take and give their pixels in a fixed turn, so they hold back nothing that this order does not.
// Their streams hold a pixel, or what the engine sends at once, for speed's sake.
//
// A kernel that reads a pixel and then sends for long (a list, a window many times) does not read meanwhile. A slow
// engine upstream of it stands still once the stream is full. Its stream holds the whole next pixel: 16 beats where a
// pixel has 20 cost MobileNetV2 a tenth of its rate.
//
// Engines that send sums to requantisers fewer than their filters (engine_kernels.hpp) send a pixel, or a tile of them,
// faster than those read. The stream between holds it, so that the engine goes on with the next one.
//
// Other streams get kDepth beats, joins kMargin beats more than the bound. (fpgaConvNet sums pipeline depths
// for the same purpose; need[] is exact for windows.)
//
// Before: kernels are in topological order. After: every Stream::depth and Stream::why is set.
#pragma once

#include "runtime/bundle/netlist.hpp"
#include "runtime/bundle/network.hpp"

namespace sluice {

inline constexpr int kDepth = 16;
inline constexpr int kPixelMargin = 8;  // beats that a writer's latency takes from a stream
inline constexpr int kMargin = 64;
inline constexpr int kRecordDepth = 8;

void size_fifos(const IntegerNetwork& network, Netlist& netlist);

}  // namespace sluice
