// SPDX-License-Identifier: Apache-2.0
// How the design was found: the search's progress, the designs it explored, what each layer loses to thresholds.
//
// Before: facts of a bundle; a bundle without search.json, or one that searched nothing, gives sentences that say so.
// After: pieces of HTML, and what the script draws of the progress (null: nothing).
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string progress_table(const Facts& facts);
nlohmann::json progress_chart(const Facts& facts);
std::string designs_table(const Facts& facts);
std::string sensitivity_tables(const Facts& facts);

}  // namespace sluice::page
