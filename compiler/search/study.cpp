// SPDX-License-Identifier: Apache-2.0
// Sampler, journal and evaluation, one trial after the other (see study.hpp).
#include "compiler/search/study.hpp"

#include <fmt/format.h>

#include "compiler/search/journal.hpp"
#include "compiler/search/space_json.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::search {
namespace {

constexpr std::size_t kBatch = 8;
// Random points of dozens of variables are far from anything good; the starting points are what is known.
constexpr std::size_t kRandomTrials = 1;

// Other studies may have left theirs in the folder.
std::filesystem::path journal_path(const std::filesystem::path& folder, const Study& study) {
  const std::string hash = sha256_hex(
      fmt::format("{} {} {} {}", study.model_hash, study.seed, to_json(study.space).dump(), study.options.dump()));
  return folder / fmt::format("trials_{}.jsonl", hash.substr(0, 16));
}

}  // namespace

Status run_study(const StudyPlan& plan, const TrialOptions& with, const Evaluate& evaluate, const Keep& keep,
                 std::size_t* done) {
  TpeSampler sampler = SLUICE_TRY(TpeSampler::create(plan.space, {plan.seed, kBatch, plan.starts},
                                                     {.random_trials = kRandomTrials, .proposal = plan.proposal}));
  std::optional<Journal> journal;
  if (!with.journals.empty()) {
    const Study study{
        with.subject, plan.seed, plan.space, {{"kind", plan.kind}, {"batch", kBatch}, {"starts", plan.starts}}};
    Journal opened = SLUICE_TRY(Journal::open(journal_path(with.journals, study), study));
    journal.emplace(std::move(opened));
    SLUICE_CHECK(sampler.restore(journal->trials()));
    for (std::size_t t = 0; t < journal->trials().size(); ++t) keep(journal->trials()[t], journal->facts()[t]);
  }
  *done += sampler.trials().size();
  while (sampler.trials().size() < plan.trials && !with.is_over()) {
    const Point point = sampler.ask().front();
    const auto [outcome, facts] = evaluate(sampler.trials().size(), point);
    if (journal) SLUICE_CHECK(journal->append({point, outcome}, facts));
    SLUICE_CHECK(sampler.tell(outcome));
    keep({point, outcome}, facts);
    with.progress(++*done);
  }
  return ok();
}

}  // namespace sluice::search
