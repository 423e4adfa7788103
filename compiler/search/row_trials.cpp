// SPDX-License-Identifier: Apache-2.0
// One study a row (see row_trials.hpp).
#include "compiler/search/row_trials.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/search/journal.hpp"
#include "compiler/search/sampler/tpe_sampler.hpp"
#include "compiler/search/space_json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice::search {
namespace {

constexpr std::size_t kBatch = 8;
constexpr std::size_t kBeyond = 3;  // options that a layer may go beyond the row's

class RowStudy {
 public:
  RowStudy(const DesignOptions& options, const LossMeter& meter, const FrontPoint& row)
      : options_(options), meter_(meter), row_(row) {
    space_.objectives = space_.constraints = 1;
    for (std::size_t i = 0; i < options.layers.size(); ++i) {
      if (options.layers[i].size() < 2) continue;
      layers_.push_back(i);
      const std::size_t high = std::min(options.layers[i].size() - 1, row.picks[i] + kBeyond);
      space_.variables.push_back({fmt::format("layer {}", i), 0, std::int64_t(high)});
      start_.push_back(std::int64_t(row.picks[i]));
    }
  }

  Status run(std::size_t trials, const TrialOptions& with, std::size_t number, std::size_t* done) {
    SamplerOptions sampling{with.seed + number, kBatch, {start_}};
    TpeSampler sampler = SLUICE_TRY(TpeSampler::create(space_, sampling));
    std::optional<Journal> journal;
    if (!with.journals.empty()) {
      const Study study{with.subject, sampling.seed, space_, {{"batch", kBatch}, {"start", start_}}};
      // Other studies may have left theirs in the folder.
      const std::string hash = sha256_hex(
          fmt::format("{} {} {} {}", study.model_hash, study.seed, to_json(space_).dump(), study.options.dump()));
      Journal opened =
          SLUICE_TRY(Journal::open(with.journals / fmt::format("trials_{}.jsonl", hash.substr(0, 16)), study));
      journal.emplace(std::move(opened));
      SLUICE_CHECK(sampler.restore(journal->trials()));
    }
    for (const Trial& trial : sampler.trials()) keep(trial.point, trial.outcome, {});
    *done += sampler.trials().size();
    while (sampler.trials().size() < trials && !with.is_over()) {
      const Point point = sampler.ask().front();
      const FrontPoint tried = measured(point);
      // A difference, no ratio: a row may lose nothing at all.
      const Outcome outcome{{tried.cycles}, {tried.measured.divergence - row_.measured.divergence}};
      if (journal) SLUICE_CHECK(journal->append({point, outcome}));
      SLUICE_CHECK(sampler.tell(outcome));
      keep(point, outcome, tried);
      with.progress(++*done);
    }
    return ok();
  }

  std::vector<FrontPoint> take() { return std::move(found_); }

 private:
  FrontPoint measured(const Point& point) const {
    std::vector<std::size_t> picks = row_.picks;
    for (std::size_t v = 0; v < layers_.size(); ++v) picks[layers_[v]] = std::size_t(point[v]);
    return measured_point(options_, allocation_of(options_, std::move(picks)), meter_);
  }

  // Trials of an earlier run are measured again where they count.
  void keep(const Point& point, const Outcome& outcome, std::optional<FrontPoint> tried) {
    if (point == start_ || !outcome.is_feasible()) return;
    found_.push_back(tried ? std::move(*tried) : measured(point));
  }

  const DesignOptions& options_;
  const LossMeter& meter_;
  const FrontPoint& row_;
  Space space_;
  std::vector<std::size_t> layers_;  // of the variables
  Point start_;
  std::vector<FrontPoint> found_;
};

}  // namespace

Result<std::vector<FrontPoint>> row_trials(const DesignOptions& options, const LossMeter& meter,
                                           const std::vector<FrontPoint>& rows, const TrialOptions& trials) {
  std::vector<FrontPoint> found;
  std::size_t done = 0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    RowStudy study(options, meter, rows[r]);
    const std::size_t share = trials.trials / rows.size() + (r < trials.trials % rows.size() ? 1 : 0);
    SLUICE_CHECK(study.run(share, trials, r, &done));
    for (FrontPoint& point : study.take()) found.push_back(std::move(point));
  }
  return found;
}

}  // namespace sluice::search
