// SPDX-License-Identifier: Apache-2.0
// See serve_trials.hpp.
#include "compiler/driver/serve_trials.hpp"

#include "compiler/driver/explore_design.hpp"
#include "compiler/search/ask_tell.hpp"

namespace sluice {

Status serve_trials(PlanJob& job, std::istream& in, std::ostream& out) {
  const PlanOptions& o = job.options;
  const IntegerNetwork& network = job.state.quantised->network;
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const PictureCodes codes = SLUICE_TRY(picture_codes(network, pictures.first(kDensityImages)));
  const MeasuredMenus menus =
      SLUICE_TRY(measured_menus(network, codes, *job.state.sensitivity, *o.target, o.engine, o.most_loss_points));
  const std::vector<RowSample> samples = SLUICE_TRY(search_samples(job));
  const search::LossMeter meter(network, samples);
  // The designs that our trials begin with.
  search::HardwareOptions options;
  options.most_points = o.most_loss_points;
  const search::HardwareSearch found =
      SLUICE_TRY(explore_design(network, menus, *job.state.sensitivity, *o.target, o.engine, options, {meter, {}}));
  TrialExplorer explorer(menus.menus, menus.levels, o.target->budget, found.trial_goal);
  search::RacingMeter racing(meter, o.most_loss_points, o.seed);
  const search::TrialCost cost = search::hardware_cost(explorer, menus.menus, menus.levels);
  const search::ThresholdEvaluator evaluator(cost, explorer.most(), racing);
  std::vector<search::Point> starts;
  for (const std::vector<Allowance>& start : found.starts) {
    search::Point point = evaluator.point_of(start);
    if (std::find(starts.begin(), starts.end(), point) == starts.end()) starts.push_back(std::move(point));
  }
  const auto evaluate = [&](std::size_t trial, const search::Point& point) {
    const auto [outcome, raced] = evaluator.evaluate(trial, point);
    if (raced) racing.remember(cost(evaluator.allowances_of(point)).thresholds, *raced);
    return outcome;
  };
  return search::drive_evaluator(evaluator.space(), starts, evaluate, in, out);
}

}  // namespace sluice
