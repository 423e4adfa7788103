// SPDX-License-Identifier: Apache-2.0
// One study for all rows (see row_trials.hpp).
#include "compiler/search/row_trials.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "compiler/search/loss_json.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {
namespace {

class RowStudy {
 public:
  RowStudy(const DesignOptions& options, RacingMeter& meter, const std::vector<FrontPoint>& front,
           const TrialOptions& with)
      : options_(options), meter_(meter), known_(front) {
    plan_.kind = "rows", plan_.seed = with.seed, plan_.trials = with.trials;
    plan_.space.objectives = 2;
    plan_.proposal = Proposal::incumbent;
    for (std::size_t i = 0; i < options.layers.size(); ++i) {
      if (options.layers[i].size() < 2) continue;
      layers_.push_back(i);
      plan_.space.variables.push_back({fmt::format("layer {}", i), 0, std::int64_t(options.layers[i].size() - 1)});
    }
    for (const FrontPoint& point : front) {
      meter.know(point.thresholds, point.measured);
      if (point.row <= 0) continue;
      plan_.starts.emplace_back();
      for (const std::size_t layer : layers_) plan_.starts.back().push_back(std::int64_t(point.picks[layer]));
    }
  }

  Status run(const TrialOptions& with) {
    std::size_t done = 0;
    return run_study(
        plan_, with, [this](std::size_t, const Point& point) { return evaluated(point); },
        [this](const Trial& trial, const nlohmann::json& facts) { keep(trial, facts); }, &done);
  }

  std::vector<FrontPoint> take() { return std::move(found_); }

 private:
  Allocation allocation_of_point(const Point& point) const {
    std::vector<std::size_t> picks(options_.layers.size(), 0);
    for (std::size_t v = 0; v < layers_.size(); ++v) picks[layers_[v]] = std::size_t(point[v]);
    return allocation_of(options_, std::move(picks));
  }

  // What a trial of so many cycles may diverge to be worth anything.
  double most_nats(double cycles) const {
    double most = std::numeric_limits<double>::infinity();
    for (const FrontPoint& point : known_)
      if (point.cycles <= cycles) most = std::min(most, point.measured.divergence);
    return most;
  }

  std::pair<Outcome, nlohmann::json> evaluated(const Point& point) const {
    const Allocation allocation = allocation_of_point(point);
    const RacedLoss raced = meter_.measure_within(thresholds_of(options_, allocation), most_nats(allocation.cycles));
    return {Outcome{{allocation.cycles, raced.loss.divergence}, {}}, {{"raced", to_json(raced)}}};
  }

  void keep(const Trial& trial, const nlohmann::json& facts) {
    const RacedLoss raced = raced_loss_from(facts.at("raced"));
    const Allocation allocation = allocation_of_point(trial.point);
    FrontPoint point{thresholds_of(options_, allocation), allocation.picks};
    meter_.remember(point.thresholds, raced);
    ++kept_;
    if (raced.is_dropped) return;
    point.cycles = allocation.cycles, point.predicted_nats = allocation.loss, point.measured = raced.loss;
    point.trial = kept_;
    known_.push_back(point);
    if (std::find(plan_.starts.begin(), plan_.starts.end(), trial.point) == plan_.starts.end())
      found_.push_back(std::move(point));
  }

  const DesignOptions& options_;
  RacingMeter& meter_;
  StudyPlan plan_;
  std::vector<std::size_t> layers_;  // of the variables
  std::vector<FrontPoint> known_;    // the front, and trials that were not dropped
  std::vector<FrontPoint> found_;
  std::size_t kept_ = 0;  // trials that were told
};

}  // namespace

Result<std::vector<FrontPoint>> row_trials(const DesignOptions& options, RacingMeter& meter,
                                           const std::vector<FrontPoint>& front, const TrialOptions& trials) {
  RowStudy study(options, meter, front, trials);
  SLUICE_CHECK(study.run(trials));
  return study.take();
}

}  // namespace sluice::search
