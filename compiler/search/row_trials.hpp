// SPDX-License-Identifier: Apache-2.0
// row_trials: looks for better rows than the exact allocations, which think that losses add up.
//
// Why: they add up only nearly. The errors of some layers cancel, those of others meet in one class. The idea: for each
// row a study of its own (sampler/tpe_sampler.hpp): as few cycles as possible at no more divergence than the row has,
// measured. Variables are the layers' options, the row is the starting point. Cycles follow from the options, so a
// trial costs one measurement of the loss.
//
// Before: options and meter of one design; points whose picks are options of it. After: the feasible points found, none
// of them a starting point. The same seed and number of trials, the same points, also after a kill (journals), unless
// the time was over.
#pragma once

#include <filesystem>
#include <functional>

#include "compiler/search/row_search.hpp"

namespace sluice::search {

struct TrialOptions {
  std::size_t trials = 0;  // of all studies together
  std::uint64_t seed = 1;
  std::filesystem::path journals;                                  // folder that keeps the trials; empty: none are kept
  std::string subject;                                             // hash of all that decides what a trial tells
  std::function<bool()> is_over = [] { return false; };            // asked before each trial
  std::function<void(std::size_t)> progress = [](std::size_t) {};  // told after each: trials done
};

Result<std::vector<FrontPoint>> row_trials(const DesignOptions& options, const LossMeter& meter,
                                           const std::vector<FrontPoint>& rows, const TrialOptions& trials);

}  // namespace sluice::search
