// SPDX-License-Identifier: Apache-2.0
// Layer by layer: cycles of a dense engine beside those that are needed, and how much is skipped in every row.
//
// Before: facts of a bundle. After: rows of tables in HTML; bars and shades stand in the cells, so the figure is its
// own table.
#pragma once

#include <string>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string cycles_rows(const Facts& facts);
// Of the fastest row, where it is not row 0.
std::string fastest_legend(const Facts& facts);
std::string fastest_head(const Facts& facts);
std::string sparsity_heads(const Facts& facts);
std::string sparsity_rows(const Facts& facts);

}  // namespace sluice::page
