// SPDX-License-Identifier: Apache-2.0
// Rows of random thresholds and prefixes that each layer's engine obeys; now and then one that leaves no activation.
//
// Before: a table with row 0 at least. After: `count` rows more, and the table still fits its design.
#pragma once

#include "runtime/bundle/table.hpp"
#include "tests/support/random_network.hpp"

namespace sluice::test {

void add_random_rows(DesignTable& table, const Netlist& netlist, Random& random, int count);

}  // namespace sluice::test
