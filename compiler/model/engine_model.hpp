// SPDX-License-Identifier: Apache-2.0
// EngineModel: what the hardware model must know of an engine, one record an engine.
//
// Why: cycles, windows, memories and multipliers of an engine are asked for in several places. With one record a new
// engine is one place, and a figure that is left out does not compile. Formulas: layer_time.hpp.
//
// Before: a shape whose numbers are at least 1 and fit the engine; the layer is one that the engine computes. After:
// stated at each member.
#pragma once

#include <cstdint>
#include <vector>

#include "compiler/model/engine_shape.hpp"
#include "compiler/model/layer_work.hpp"
#include "runtime/base/stated.hpp"

namespace sluice {

// Figures of a density that take longer than a handful of operations, so that a search keeps them; 0: the engine has
// none.
struct ZeroCycles {
  double prefix = 0;  // LayerDensity::prefix_cycles
  double vector = 0;  // LayerDensity::vector_cycles
};

// How often an engine's windows come: once, then the engine or what feeds it holds them; again for every filter group,
// by its line buffer where there are no copies; or by its line buffer in any case.
enum class WindowRepeats { never, without_copies, always };

struct EngineModel {
  // Scalar products a cycle and filter, of one copy.
  Stated<int (*)(const EngineShape&)> filter_multipliers;
  // Iterations of the multiplier loop for an image, were one copy to do all the work.
  Stated<double (*)(const EngineShape&, const LayerWork&, const LayerDensity&)> loop_cycles;
  // What of that takes long to compute.
  Stated<ZeroCycles (*)(const EngineShape&, const LayerWork&, const LayerDensity&)> zero_cycles;
  // Beats of an output pixel's window.
  Stated<double (*)(const EngineShape&, const LayerWork&)> window_beats;
  // Weights, and what else a copy keeps on chip beyond bias, multiplier and curve.
  Stated<void (*)(const EngineShape&, const LayerWork&, std::vector<Ram>&)> append_memories;
  Stated<WindowRepeats> repeats;
  // P counts output pixels that share a weight, and pixels enter singly; else P pixels enter side by side.
  Stated<bool> has_tiles;
  // Where the kernel is larger than 1x1, a vector is the taps of one channel, and a line buffer of its own makes them.
  Stated<bool> takes_taps;
};

// Before: is_engine(kind).
const EngineModel& engine_model(KernelKind kind);

// Does the layer's line buffer send the taps of a channel at once?
bool has_taps(const EngineShape& shape, const LayerWork& work);
// Input pixels that enter in a cycle.
int pixels_at_once(const EngineShape& shape);

}  // namespace sluice
