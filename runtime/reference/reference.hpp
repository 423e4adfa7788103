// SPDX-License-Identifier: Apache-2.0
// The plain reference: computes an integer network straight from its definition.
//
// Why: every device result is compared with this, so it must be obviously right: loops from the formulas of
// design section 3 and device/contract/numbers.h, no rearrangement, one layer after another. It is slow, and stays so.
//
// Before: the network is valid, `codes` has input.size() entries. After: one map per layer.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

// A computed map: NHWC codes.
using Map = std::vector<std::int32_t>;

// Output map of every layer, in the order of the network; the last one holds the scores.
std::vector<Map> run_reference(const IntegerNetwork& network, const std::vector<std::int16_t>& codes);

// Scores only.
std::vector<std::int32_t> reference_scores(const IntegerNetwork& network, const std::vector<std::int16_t>& codes);

}  // namespace sluice
