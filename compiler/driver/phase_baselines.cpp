// SPDX-License-Identifier: Apache-2.0
// baselines: what else the same budget could have held (--baselines); it costs about as much as the search itself.
#include <fmt/format.h>

#include "compiler/driver/baselines.hpp"
#include "compiler/driver/phase.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "baselines.json";

std::string story(const PlanJob& job) {
  return job.options.has_baselines ? "dense, natural zeros, global thresholds, a search without hardware"
                                   : "none are asked for (--baselines)";
}

json options_of(const PlanJob& job) { return {{"--baselines", job.options.has_baselines}}; }

Status run(PlanJob& job) {
  job.state.baselines.emplace();
  if (job.options.has_baselines) job.state.baselines = SLUICE_TRY(measured_baselines(job));
  return ok();
}

BundleFiles save(const PlanState& state) {
  json all = json::array();
  for (const Baseline& baseline : *state.baselines) all.push_back(baseline_to_json(baseline));
  return {{kFile, json_text(json{{"baselines", all}}) + "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  std::vector<Baseline> all;
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    for (const json& baseline : j.at("baselines")) all.push_back(baseline_from_json(baseline));
    return ok();
  }));
  state.baselines = std::move(all);
  return ok();
}

std::string dump(const PlanState& state) {
  if (state.baselines->empty()) return "none\n";
  std::string text;
  for (const Baseline& baseline : *state.baselines) {
    text += fmt::format("{}: {}, {:.0f} DSP blocks\n", baseline.name, baseline.how, baseline.dsp_blocks);
    for (const BaselineRow& row : baseline.rows)
      text += fmt::format("{:>24} points {:>10.0f} cycles estimated {:>10.0f} simulated\n",
                          fmt::format("{:+.2f} [{:+.2f}, {:+.2f}]", row.loss_points, row.loss_low, row.loss_high),
                          row.estimated_cycles, row.simulated_cycles);
  }
  return text;
}

}  // namespace

Phase baselines_phase() {
  return {"baselines",
          "what else the budget could have held",
          {"import", "calibrate", "quantise", "sensitivity", "choose"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
