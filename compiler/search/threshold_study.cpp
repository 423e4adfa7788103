// SPDX-License-Identifier: Apache-2.0
// See threshold_study.hpp.
#include "compiler/search/threshold_study.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/search/sampler/ranking.hpp"
#include "runtime/base/json.hpp"

namespace sluice::search {
namespace {

constexpr double kNoDesign = 1000;      // violation of a trial that nothing can be built for; in points, as others
constexpr double kLeastTooMany = 1e-3;  // points, of a trial that was dropped

class Studied {
 public:
  Studied(const TrialCost& cost, const std::vector<Allowance>& most, RacingMeter& meter, bool is_scalar)
      : cost_(cost), meter_(meter), evaluator_(cost, most, meter, is_scalar) {}

  Status run(const std::string& kind, const std::vector<std::vector<Allowance>>& starts, const TrialOptions& with) {
    StudyPlan plan{evaluator_.space(), {}, with.seed, with.trials, kind, Proposal::incumbent};
    if (plan.space.variables.empty()) return ok();
    for (const std::vector<Allowance>& start : starts) {
      Point point = evaluator_.point_of(start);
      if (std::find(plan.starts.begin(), plan.starts.end(), point) == plan.starts.end())
        plan.starts.push_back(std::move(point));
    }
    const auto evaluate = [this](std::size_t trial, const Point& point) {
      const auto [outcome, raced] = evaluator_.evaluate(trial, point);
      return std::pair{outcome, raced ? nlohmann::json{{"raced", to_json(*raced)}} : nlohmann::json::object()};
    };
    std::size_t done = 0;
    return run_study(
        plan, with, evaluate, [this](const Trial& trial, const nlohmann::json& facts) { keep(trial, facts); }, &done);
  }

  ThresholdStudy take() {
    study_.front = front(told_);
    std::erase_if(study_.front, [&](std::size_t t) { return !told_[t].outcome.is_feasible(); });
    study_.raced = meter_.counts();
    return std::move(study_);
  }

 private:
  void keep(const Trial& trial, const nlohmann::json& facts) {
    ThresholdTrial kept{evaluator_.allowances_of(trial.point), {}, {}, trial.outcome.is_feasible()};
    kept.costed = cost_(kept.allowances);
    if (kept.costed.fits) {
      kept.raced = raced_loss_from(facts.at("raced"));
      meter_.remember(kept.costed.thresholds, kept.raced);
    }
    told_.push_back(trial);
    study_.trials.push_back(std::move(kept));
  }

  const TrialCost& cost_;
  RacingMeter& meter_;
  const ThresholdEvaluator evaluator_;
  std::vector<Trial> told_;
  ThresholdStudy study_;
};

}  // namespace

ThresholdEvaluator::ThresholdEvaluator(const TrialCost& cost, const std::vector<Allowance>& most,
                                       const RacingMeter& meter, bool is_scalar)
    : cost_(cost), meter_(meter), layers_(most.size()) {
  space_.objectives = is_scalar ? 1 : 2, space_.constraints = 1;
  for (std::size_t l = 0; l < most.size(); ++l) {
    for (const auto& [part, name] : {std::pair{&Allowance::weights, "weights"}, {&Allowance::activations, "codes"}}) {
      if (most[l].*part == 0) continue;
      axes_.push_back({l, part});
      space_.variables.push_back({fmt::format("layer {} {}", l, name), 0, most[l].*part});
    }
  }
}

std::vector<Allowance> ThresholdEvaluator::allowances_of(const Point& point) const {
  std::vector<Allowance> all(layers_);
  for (std::size_t v = 0; v < axes_.size(); ++v) all[axes_[v].layer].*axes_[v].part = int(point[v]);
  return all;
}

Point ThresholdEvaluator::point_of(const std::vector<Allowance>& allowances) const {
  Point point;
  for (const Axis& axis : axes_) point.push_back(allowances[axis.layer].*axis.part);
  return point;
}

std::pair<Outcome, std::optional<RacedLoss>> ThresholdEvaluator::evaluate(std::size_t trial, const Point& point) const {
  const CostedThresholds costed = cost_(allowances_of(point));
  if (!costed.fits) return {Outcome{std::vector<double>(space_.objectives), {kNoDesign}}, std::nullopt};
  const RacedLoss raced = meter_.measure(costed.thresholds, trial);
  const double too_many = raced.loss.points - meter_.most_points();
  std::vector<double> objectives{raced.loss.divergence, costed.cost};
  if (space_.objectives == 1) objectives = {costed.cost - (1 - raced.loss.points / 100)};
  return {Outcome{std::move(objectives), {raced.is_dropped ? std::max(kLeastTooMany, too_many) : too_many}}, raced};
}

const ThresholdTrial* ThresholdStudy::best(double points) const {
  const ThresholdTrial* found = nullptr;
  for (const std::size_t t : front) {
    const ThresholdTrial& trial = trials[t];
    if (trial.raced.loss.points <= points && (!found || trial.costed.cost < found->costed.cost)) found = &trial;
  }
  return found;
}

Result<ThresholdStudy> study_thresholds(const std::string& kind, const TrialCost& cost,
                                        const std::vector<Allowance>& most,
                                        const std::vector<std::vector<Allowance>>& starts, RacingMeter& meter,
                                        const TrialOptions& with, bool is_scalar) {
  Studied studied(cost, most, meter, is_scalar);
  SLUICE_CHECK(studied.run(kind, starts, with));
  return studied.take();
}

}  // namespace sluice::search
