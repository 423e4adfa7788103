// SPDX-License-Identifier: Apache-2.0
// search: rows of thresholds for the hardware that was chosen.
#include <fmt/format.h>

#include "compiler/driver/phase.hpp"
#include "compiler/driver/search_report.hpp"
#include "compiler/driver/trial_options.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/search/loss_json.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "rows.json";

std::string story(const PlanJob& job) {
  return fmt::format("rows of at most {:g} points of loss on {} pictures", job.options.most_loss_points,
                     job.calibration_count);
}

json options_of(const PlanJob& job) {
  const PlanOptions& o = job.options;
  return {
      {"--max-loss", o.most_loss_points}, {"--trials", o.trials}, {"--time-limit", o.time_limit_s}, {"--seed", o.seed}};
}

Status run(PlanJob& job) {
  const IntegerNetwork& network = job.state.quantised->network;
  const std::vector<RowSample> samples = SLUICE_TRY(search_samples(job));
  Netlist netlist = SLUICE_TRY(build_netlist(network, job.state.chosen->best.configs));
  const Design design{network, std::move(netlist)};
  search::RowSearchOptions options;
  options.most_points = job.options.most_loss_points;
  search::RowSearch searched =
      SLUICE_TRY(search::search_rows(design, job.state.sensitivity->table, samples, job.state.chosen->found, options,
                                     trial_options(job, TrialPart::rows, design_to_json(design))));
  if (!searched.why_single.empty()) job.say(fmt::format("the table has one row: {}", searched.why_single));
  job.state.searched = std::move(searched);
  return ok();
}

BundleFiles save(const PlanState& state) { return {{kFile, json_text(to_json(*state.searched)) + "\n"}}; }

Status load(const BundleFiles& files, PlanState& state) {
  search::RowSearch searched;
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    searched = search::row_search_from(j);
    return ok();
  }));
  state.searched = std::move(searched);
  return ok();
}

std::string dump(const PlanState& state) {
  std::string text = fmt::format("{:>4} {:>10} {:>14} {:>14} {:>26}  found by\n", "row", "cycles", "sum, mnats",
                                 "measured", "top-1 loss, points");
  for (const search::FrontPoint& p : state.searched->front)
    text += fmt::format(
        "{:>4} {:>10.0f} {:>14.3f} {:>14.3f} {:>26}  {}\n", p.row < 0 ? "-" : std::to_string(p.row), p.cycles,
        1e3 * p.predicted_nats, 1e3 * p.measured.divergence,
        fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", p.measured.points, p.measured.points_low, p.measured.points_high),
        p.is_tried ? "trial" : "allocation");
  text += trials_text(state.searched->raced);
  if (!state.searched->why_single.empty()) text += state.searched->why_single + "\n";
  return text;
}

}  // namespace

Phase search_phase() {
  return {"search",
          "rows of thresholds",
          {"import", "calibrate", "quantise", "sensitivity", "choose"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
