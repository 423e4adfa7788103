// SPDX-License-Identifier: Apache-2.0
// choose: engine and parallelism of every layer: explored for a target, or by a rule.
//
// Menus are not kept: they follow from the network and the target. Of an exploration stays what was chosen, what was
// weighed (in words, for the report), and the densities that it was fed with, which take the pictures to measure.
#include <fmt/format.h>

#include "compiler/driver/choice_json.hpp"
#include "compiler/driver/design_estimate.hpp"
#include "compiler/driver/engine_rule.hpp"
#include "compiler/driver/explore_design.hpp"
#include "compiler/driver/phase.hpp"
#include "compiler/driver/search_report.hpp"
#include "compiler/driver/trial_options.hpp"
#include "compiler/search/loss_json.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr const char* kFile = "engines.json";
constexpr std::size_t kSimulatedImages = 4;  // enough to tell designs apart that differ by more than 2 %

std::string story(const PlanJob& job) {
  const PlanOptions& o = job.options;
  if (!o.target) return fmt::format("engines by rule ({})", o.engine);
  return fmt::format("engines and parallelism of {} layers for {} {}", job.state.quantised->network.layers.size(),
                     o.target->board ? "board" : "budget", o.target->name);
}

// What decides a design besides network and losses.
json target_options(const PlanOptions& o) {
  json all{{"--engine", o.engine}, {"--board or --budget", "none"}};
  if (!o.target) return all;
  const Resources& b = o.target->budget;
  // With its figures: a board's file may have changed.
  all["--board or --budget"] =
      fmt::format("{} ({:.0f} ALMs, {:.0f} RAM blocks, {:.0f} DSP blocks, {:.0f} multipliers, {:g} bytes a cycle)",
                  o.target->name, b.alms, b.m20k, b.dsp_blocks, b.multipliers, o.target->memory_bytes_per_cycle);
  all["--target-rate"] = o.target_images_per_s;
  all["--max-loss"] = o.most_loss_points;
  if (o.has_scalar_objective) all["--preset"] = "hass";
  all["--clock-mhz"] = o.rows.clock_mhz;
  all["--f-hls"] = o.target->model.hls_factor();
  return all;
}

json options_of(const PlanJob& job) {
  const PlanOptions& o = job.options;
  json all = target_options(o);
  if (o.target) all["--size-streams"] = o.sizing_percent_or_default();
  if (o.target) all["--trials"] = o.trials, all["--time-limit"] = o.time_limit_s, all["--seed"] = o.seed;
  return all;
}

// `trial`: how the design was explored.
LayerChoice choice_of(const MeasuredMenus& explored, const NetworkDesign& design, const search::HardwareTrial& trial,
                      const Target& target) {
  Resources budget = target.budget;
  budget.loss = trial.loss_budget;
  LayerChoice choice{design.configs, trial.rows.densest, {}};
  for (std::size_t i = 0; i < design.configs.size(); ++i) {
    choice.explanations.push_back(explanation_of(
        explain_layer(explored.menus[i], explored.levels[i], design.exploration, i, budget, trial.natural_share)));
  }
  return choice;
}

// Of the fewest cycles that a trial's own hardware would take.
std::vector<search::SearchStep> progress_of(const search::ThresholdStudy& study) {
  std::vector<search::SearchStep> steps;
  for (std::size_t t = 0; t < study.trials.size(); ++t) {
    const search::ThresholdTrial& trial = study.trials[t];
    if (!trial.is_feasible || (!steps.empty() && trial.costed.interval >= steps.back().cycles)) continue;
    steps.push_back({t + 1, trial.costed.interval, trial.raced.loss.points});
  }
  return steps;
}

std::string hardware_text(const ExploredHardware& h) {
  std::string text = fmt::format("{:>8} {:>12} {:>10} {:>12} {:>12} {:>8} {:>15}   cycles estimated\n", "densest",
                                 "loss, mnats", "row 0", "half loss", "full loss", "kernels", "row 0 simulated");
  for (std::size_t t = 0; t < h.trials.size(); ++t) {
    const search::HardwareTrial& trial = h.trials[t];
    text +=
        fmt::format("{:>8.2f} {:>12.3f} {:>10.0f} {:>12.0f} {:>12.0f} {:>8} {:>15}{}\n", trial.natural_share,
                    1e3 * trial.loss_budget, trial.rows.densest, trial.rows.half_loss, trial.rows.full_loss,
                    trial.kernels, trial.simulated_densest > 0 ? fmt::format("{:.0f}", trial.simulated_densest) : "-",
                    fmt::format("{}{}", trial.is_tried ? "   for a trial" : "", t == h.taken ? "   taken" : ""));
  }
  if (h.raced.trials == 0) return text;
  text += trials_text(h.raced) + "front of the trials: cycles estimated, millinats and top-1 points measured\n";
  for (const TriedThresholds& tried : h.front)
    text += fmt::format("{:>10.0f} {:>10.3f} {:>+8.2f}\n", tried.interval_cycles, 1e3 * tried.loss.divergence,
                        tried.loss.points);
  return text;
}

Status run(PlanJob& job) {
  const IntegerNetwork& network = job.state.quantised->network;
  const PlanOptions& o = job.options;
  ChosenEngines chosen;
  if (!o.target) {
    chosen.best.configs = SLUICE_TRY(engines_by_rule(network, o.engine));
  } else {
    const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
    const PictureCodes codes = SLUICE_TRY(picture_codes(network, pictures.first(kDensityImages)));
    const double interval = o.target_images_per_s > 0 ? 1e6 * o.rows.clock_mhz / o.target_images_per_s : 0;
    search::HardwareOptions options;
    options.most_points = o.most_loss_points, options.target_interval = interval;
    options.sizing_tolerance = o.sizing_percent_or_default() / 100;
    if (options.sizing_tolerance > 0) {
      const auto sized = SLUICE_TRY(picture_codes(network, pictures.first(kSimulatedImages)));
      for (const auto& picture : sized) options.pictures.push_back({.codes = picture});
    }
    const std::vector<RowSample> samples = SLUICE_TRY(search_samples(job));
    const search::LossMeter meter(network, samples);
    const search::HardwareTrials trials{meter, trial_options(job, TrialPart::before_hardware, target_options(o).dump()),
                                        o.has_scalar_objective};
    MeasuredMenus explored = SLUICE_TRY(measured_menus(network, codes, *job.state.sensitivity, *o.target, o.engine,
                                                       interval > 0 ? 0 : o.most_loss_points));
    const search::HardwareSearch found =
        SLUICE_TRY(explore_design(network, explored, *job.state.sensitivity, *o.target, o.engine, options, trials));
    chosen.best = choice_of(explored, found.design, found.trials[found.taken], *o.target);
    if (found.dense) {
      const search::HardwareTrial by_itself{1, 0, false, {found.dense->exploration.interval_cycles, 0, 0}, 0};
      chosen.dense = choice_of(explored, *found.dense, by_itself, *o.target);
    }
    chosen.hardware =
        ExploredHardware{found.trials,         found.taken, found.densest_limit, found.natural_cycles,
                         found.one_row_cycles, {},          found.study.raced,   progress_of(found.study)};
    for (const std::size_t t : found.study.front) {
      const search::ThresholdTrial& trial = found.study.trials[t];
      chosen.hardware->front.push_back({trial.costed.interval, trial.raced.loss});
      chosen.found.push_back(trial.costed.thresholds);
    }
    chosen.densities = std::move(explored.densities);
  }
  job.state.chosen = std::move(chosen);
  return ok();
}

BundleFiles save(const PlanState& state) {
  const ChosenEngines& chosen = *state.chosen;
  json j{{"best", choice_to_json(chosen.best)}, {"densities", json::array()}, {"found", json::array()}};
  if (chosen.dense) j["dense"] = choice_to_json(*chosen.dense);
  for (const LayerDensity& density : chosen.densities) j["densities"].push_back(density_to_json(density));
  for (const std::vector<Thresholds>& thresholds : chosen.found) {
    json layers = json::array();
    for (const Thresholds& t : thresholds) layers.push_back(search::to_json(t));
    j["found"].push_back(std::move(layers));
  }
  if (chosen.hardware) j["hardware"] = hardware_to_json(*chosen.hardware);
  return {{kFile, json_text(j) + "\n"}};
}

Status load(const BundleFiles& files, PlanState& state) {
  ChosenEngines chosen;
  SLUICE_CHECK(read_json(files, kFile, [&](const json& j) -> Status {
    chosen.best = SLUICE_TRY(choice_from_json(j.at("best")));
    if (j.contains("dense")) chosen.dense = SLUICE_TRY(choice_from_json(j.at("dense")));
    for (const json& density : j.at("densities")) chosen.densities.push_back(density_from_json(density));
    for (const json& layers : j.at("found")) {
      chosen.found.emplace_back();
      for (const json& t : layers) chosen.found.back().push_back(search::thresholds_from(t));
    }
    if (j.contains("hardware")) chosen.hardware = hardware_from_json(j.at("hardware"));
    return ok();
  }));
  state.chosen = std::move(chosen);
  return ok();
}

std::string choice_text(const LayerChoice& choice, const std::vector<LayerDensity>& densities) {
  std::string text = fmt::format(
      "{:>5}  {:<18} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4}  codes alive, weights alive (a number of 0: "
      "by rule)\n",
      "layer", "engine", "O", "L", "M", "taps", "N", "E", "P", "G", "tile");
  for (std::size_t i = 0; i < choice.configs.size(); ++i) {
    const LayerConfig& c = choice.configs[i];
    text += fmt::format("{:>5}  {:<18} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4} {:>4}", i, to_text(c.engine),
                        c.filters, c.lanes, c.codes, c.taps, c.multipliers, c.copies, c.pixels, c.group, c.tile_pixels);
    if (i < densities.size()) text += fmt::format("  {:.3f}, {:.3f}", densities[i].activation, densities[i].weight);
    text += "\n";
  }
  if (choice.interval_cycles > 0)
    text += fmt::format("{:.0f} cycles an image expected without thresholds\n", choice.interval_cycles);
  return text;
}

std::string dump(const PlanState& state) {
  const ChosenEngines& chosen = *state.chosen;
  std::string text = choice_text(chosen.best, chosen.densities);
  if (chosen.hardware) text += hardware_text(*chosen.hardware);
  if (chosen.dense) text += "with dense engines alone\n" + choice_text(*chosen.dense, chosen.densities);
  return text;
}

}  // namespace

Phase choose_phase() {
  return {"choose",
          "engine and parallelism of every layer",
          {"import", "calibrate", "quantise", "sensitivity"},
          story,
          options_of,
          run,
          save,
          load,
          dump};
}

}  // namespace sluice
