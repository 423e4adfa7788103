// SPDX-License-Identifier: Apache-2.0
// The plain reference: computes an integer network straight from its definition.
//
// Why: every device result is compared with this, so it must be obviously right: one layer after another, one code
// after another, each as its kind's record defines it (runtime/bundle/layers). It is slow, and stays so.
//
// Before: the network is valid, `codes` has input.size() entries. After: one map per layer.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/layers/output_code.hpp"
#include "runtime/bundle/network.hpp"
#include "runtime/bundle/table.hpp"

namespace sluice {

// Output map of every layer, in the order of the network; the last one holds the scores. `thresholds` has one entry per
// layer, or is empty for none: a convolution reads |code| < activation as 0 and takes |weight| < weight
// as 0, and the weights outside its prefix (runtime/bundle/prefix.hpp).
std::vector<Map> run_reference(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                               const std::vector<Thresholds>& thresholds = {});

// Scores only.
std::vector<std::int32_t> reference_scores(const IntegerNetwork& network, const std::vector<std::int16_t>& codes,
                                           const std::vector<Thresholds>& thresholds = {});

}  // namespace sluice
