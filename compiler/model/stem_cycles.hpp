// SPDX-License-Identifier: Apache-2.0
// Cycles of a line buffer that takes several neighbouring pixels a cycle.
//
// Why: a stem of stride 2 at four pixels a beat completes two outputs a beat in every other row.
// device/kernels/window/window.cl spreads those sends, so its time is neither beats in nor beats out alone. The idea:
// its decisions without its codes, beat by beat (runtime/bundle/window_completions.hpp).
//
// Before: `together` divides the width and is above 1. After: cycles of a picture, without its header.
#pragma once

#include "runtime/bundle/network.hpp"

namespace sluice {

// `steps`: beats that leave for an output pixel.
std::int64_t stem_window_cycles(const Window& window, const MapShape& in, const MapShape& out, int together,
                                std::int64_t steps);

}  // namespace sluice
