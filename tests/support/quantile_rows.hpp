// SPDX-License-Identifier: Apache-2.0
// Rows of uniform quantiles: in every layer the same share of the non-zero weights and activations is left out.
//
// Why: tests of what runs a table want rows that differ clearly, whatever they lose.
//
// Before: a valid design; pictures; shares in 0..1, the first pair {0, 0}. After: one row a pair, not measured.
#pragma once

#include <utility>
#include <vector>

#include "runtime/bundle/bundle.hpp"

namespace sluice::test {

DesignTable quantile_rows(const Design& design, const std::vector<std::vector<std::int16_t>>& pictures,
                          const std::vector<std::pair<double, double>>& shares);

}  // namespace sluice::test
