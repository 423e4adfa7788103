// SPDX-License-Identifier: Apache-2.0
// A small bundle whose rows really differ: sparse engines, thresholds that grow, cycles that were measured.
#pragma once

#include "runtime/bundle/bundle.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {

// Two sparse convolutions and a classifier on 8 x 8 x 3; rows 0 to 2 by increasing thresholds. The table's cycles and
// densities are means over random pictures.
Result<Bundle> sparse_bundle(const Scratch& scratch, double clock_mhz = 100);

}  // namespace sluice::test
