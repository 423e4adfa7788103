// SPDX-License-Identifier: Apache-2.0
// Space, points and outcomes as JSON: what the journal keeps and what samplers and evaluators say to each other.
//
// Why: both are lines of the same words; README.md lists them. Readers take text of any origin.
//
// Before: any JSON. After reading: what check() of trial.hpp demands, or a sentence that names the field.
#pragma once

#include "compiler/search/sampler/trial.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {

nlohmann::json to_json(const Space& space);
Result<Space> space_of(const nlohmann::json& json);

// {"trial": 3, "point": [...]}
nlohmann::json point_line(std::size_t trial, const Point& point);
// {"trial": 3, "objectives": [...], "violations": [...]}
nlohmann::json outcome_line(std::size_t trial, const Outcome& outcome);

Result<std::size_t> trial_number(const nlohmann::json& line);
Result<Point> point_of(const nlohmann::json& line, const Space& space);
// Without constraints "violations" may be left out.
Result<Outcome> outcome_of(const nlohmann::json& line, const Space& space);

}  // namespace sluice::search
