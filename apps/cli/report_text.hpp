// SPDX-License-Identifier: Apache-2.0
// A plan's report as people read it.
//
// Before: a report that was made or read from a bundle. After: lines; every figure says whether it is estimated or
// simulated.
#pragma once

#include <string>

#include "compiler/driver/search_report.hpp"
#include "runtime/bundle/report.hpp"

namespace sluice::cli {

std::string resources_text(const ResourceCount& r);

// The design layer by layer, what binds, what sets the rate.
std::string estimate_table(const PlanReport& report);
// The same in three lines.
std::string estimate_summary(const EstimatedRate& rate);
// The rate that the design is known by, of its first and its last row: simulated where there is one (RowRate).
std::string rate_text(const PlanReport& report, const DesignTable& table);
std::string simulated_text(const PlanReport& report);  // empty where nothing was simulated
std::string proofs_text(const PlanReport& report);
// What else the budget could have held, a line a baseline; empty where it was not asked for.
std::string baselines_text(const SearchReport& search);
// Why a layer has its engine.
std::string explanation_text(const ReportedLayer& layer, const EstimatedRate& rate);

}  // namespace sluice::cli
