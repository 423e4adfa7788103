// SPDX-License-Identifier: Apache-2.0
// Engine-busy cycles of one picture, layer by layer: as the cycle simulator sees them, and as a device counts them.
//
// Why: the simulator's times are worth something only while it does the work that devices do. The idea: a device counts
// the iterations in which an engine works (device/contract/wire.h); the simulator has the same iterations among its
// busy ones.
//
// Before: a valid design. After: one entry a layer that counts, in network order; the copies of an engine together.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "runtime/bundle/bundle.hpp"
#include "runtime/bundle/counters.hpp"

namespace sluice::test {

using BusyCycles = std::map<std::string, std::int64_t>;  // of each layer's name

BusyCycles simulated_busy_cycles(const Design& design, const std::vector<std::int16_t>& codes,
                                 const std::vector<Thresholds>& thresholds);
BusyCycles counted_busy_cycles(const IntegerNetwork& network, const std::vector<LayerCounters>& counters);

}  // namespace sluice::test
