// SPDX-License-Identifier: Apache-2.0
// What was planned beside what was placed: for people as a few lines, for the cost model as a row.
//
// Why: the planner's costs come from open synthesis and a factor for what the vendor's compiler adds. A real build is
// the first thing that can say what that factor is. compiler/model/fit/fit.py reads rows of this form as
// sweeps/builds.csv.
//
// Before: a bundle with its report, and its build. After: the row stands in the file, which has a head.
#pragma once

#include <filesystem>
#include <string>

#include "bsp/board.hpp"
#include "runtime/bundle/fitted_build.hpp"

namespace sluice::vendor {

// The board that aoc calls so, if one is known.
std::optional<bsp::Board> board_of(const std::string& aoc_name);

Status add_fitted_row(const std::filesystem::path& file, const Bundle& bundle, const FittedBuild& build);
std::string fitted_text(const Bundle& bundle, const FittedBuild& build);

}  // namespace sluice::vendor
