// SPDX-License-Identifier: Apache-2.0
// search_report: how hardware and rows were found, as the bundle's report/search.json.
//
// Why: who is told a table asks what else was possible, and what it cost. report.json says what was built; this says
// what was weighed. All cycles in it are estimated, losses are measured on the search pictures.
//
// Before: all phases up to `measure`. After: JSON with the loss table by layer, the scale of losses, the designs that
// were explored, the front and which of it became rows.
#pragma once

#include <string>

#include "compiler/driver/plan_job.hpp"

namespace sluice {

std::string search_report(const PlanJob& job);

// What the search says of itself in a few lines, for people.
std::string search_text(const PlanState& state);

// What racing and remembering spared, one line; empty where there were no trials.
std::string trials_text(const search::RaceCounts& raced);

}  // namespace sluice
