// SPDX-License-Identifier: Apache-2.0
// run_study: asks a sampler, has its points evaluated, keeps the trials; goes on where a killed run ended.
//
// Why: the search before the hardware is chosen and the one after it differ in what a point means and costs, and in
// nothing else. The idea: whoever evaluates answers with an outcome and with facts; facts of a trial are all that is
// needed of it later, so a trial of an earlier run is not evaluated again.
//
// Before: as Sampler. After: `keep` was told every trial once, in order, those of earlier runs first. The same seed and
// number of trials, the same trials, unless the time was over.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "compiler/search/sampler/tpe_sampler.hpp"

namespace sluice::search {

struct TrialOptions {
  std::size_t trials = 0;  // of all studies together
  std::uint64_t seed = 1;
  std::filesystem::path journals;                                  // folder that keeps the trials; empty: none are kept
  std::string subject;                                             // hash of all that decides what a trial tells
  std::function<bool()> is_over = [] { return false; };            // asked before each trial
  std::function<void(std::size_t)> progress = [](std::size_t) {};  // told after each: trials done
};

struct StudyPlan {
  Space space;
  std::vector<Point> starts;
  std::uint64_t seed = 1;
  std::size_t trials = 0;
  std::string kind;  // what its trials mean: studies of two kinds never share a journal
  std::optional<Proposal> proposal;
};

// Trial number, point.
using Evaluate = std::function<std::pair<Outcome, nlohmann::json>(std::size_t, const Point&)>;
using Keep = std::function<void(const Trial&, const nlohmann::json& facts)>;

// `done`: trials of all studies so far.
Status run_study(const StudyPlan& plan, const TrialOptions& with, const Evaluate& evaluate, const Keep& keep,
                 std::size_t* done);

}  // namespace sluice::search
