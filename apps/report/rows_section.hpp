// SPDX-License-Identifier: Apache-2.0
// Loss against throughput: the rows of the design, and what else the same budget could have held.
//
// Before: facts of a bundle. After: a table in HTML, and what the script draws of it; rates of one kind are never in
// one picture with those of another. A single point is not drawn (null).
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "apps/report/facts.hpp"

namespace sluice::page {

std::string rows_table(const Facts& facts);
nlohmann::json rows_chart(const Facts& facts);

}  // namespace sluice::page
