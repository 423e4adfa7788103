// SPDX-License-Identifier: Apache-2.0
// What the sparse engines must have counted, from the maps alone.
//
// Why: the runtime decides by these counters, so they are checked like results: every device's counters equal these,
// image by image. Written from the engines' definitions (heads of the conv_*.cl files).
//
// Before: `maps` is run_reference()'s answer for the same codes and thresholds. After: one entry per sparse layer, in
// network order.
#pragma once

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"
#include "runtime/reference/reference.hpp"

namespace sluice {

std::vector<LayerCounters> reference_counters(const Design& design, const std::vector<std::int16_t>& codes,
                                              const std::vector<Map>& maps, const std::vector<Thresholds>& thresholds);

}  // namespace sluice
