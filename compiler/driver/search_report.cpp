// SPDX-License-Identifier: Apache-2.0
// See search_report.hpp.
#include "compiler/driver/search_report.hpp"

#include <fmt/format.h>

#include "compiler/driver/baselines.hpp"
#include "compiler/driver/choice_json.hpp"
#include "compiler/search/loss_json.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"

namespace sluice {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

Result<SearchReport> parse(const json& j) {
  if (j.at("version") != kVersion) {
    return user_error("search.json: version {}, this program reads {}; plan the bundle again", j.at("version").dump(),
                      kVersion);
  }
  SearchReport report;
  report.search_images = j.at("search_images");
  report.most_loss_points = j.at("most_loss_points");
  for (const json& layer : j.at("losses").at("layers")) report.layer_names.push_back(layer.at("name"));
  report.losses = search::loss_table_from(j.at("losses"));
  report.scale = search::loss_scale_from(j.at("scale"));
  report.rows = search::row_search_from(j.at("rows"));
  report.why_single = j.at("why_single");
  report.is_dense_alone = j.at("is_dense_alone");
  report.dense_cycles = j.value("dense_simulated_cycles", 0.0);
  report.mixture_cycles = j.value("mixture_simulated_cycles", std::vector<double>{});
  for (const json& baseline : j.at("baselines")) {
    report.baselines.push_back(baseline_from_json(baseline));
    if (report.baselines.back().rows.empty())
      return user_error("search.json: the baseline \"{}\" has no row; plan the bundle again",
                        report.baselines.back().name);
  }
  if (!j.contains("hardware")) return report;
  report.hardware = hardware_from_json(j.at("hardware"));
  if (report.hardware->taken >= report.hardware->trials.size())
    return user_error("search.json: design {} was taken of {} that were explored; plan the bundle again",
                      report.hardware->taken, report.hardware->trials.size());
  return report;
}

}  // namespace

std::string search_report(const PlanJob& job) {
  const PlanState& state = job.state;
  json j{{"version", kVersion},
         {"search_images", job.calibration_count},
         {"most_loss_points", job.options.most_loss_points},
         {"losses", to_json(state.sensitivity->table)},
         {"scale", to_json(state.sensitivity->scale)},
         {"rows", to_json(*state.searched)},
         {"why_single", state.measured->why_single},
         {"is_dense_alone", state.design->is_dense},
         {"dense_simulated_cycles", state.design->dense_cycles},
         {"mixture_simulated_cycles", state.design->mixture_cycles},
         {"baselines", json::array()}};
  json& layers = j["losses"]["layers"];
  json& front = j["rows"]["front"];
  for (std::size_t i = 0; i < layers.size(); ++i) layers[i]["name"] = state.quantised->network.layers[i].name;
  // Rows that were left out after the measurement are none.
  for (json& point : front) {
    const int built = point.at("row");
    point["row"] = -1;
    for (std::size_t r = 0; r < state.measured->built.size(); ++r)
      if (built == int(state.measured->built[r])) point["row"] = r;
  }
  for (const Baseline& baseline : *state.baselines) j["baselines"].push_back(baseline_to_json(baseline));
  if (state.chosen->hardware) j["hardware"] = hardware_to_json(*state.chosen->hardware);
  return json_text(j, 1) + "\n";
}

Result<SearchReport> search_report_from_json(const std::string& text) {
  const json j = parse_json(text);
  if (!j.is_object()) return user_error("search.json: not JSON");
  try {
    return parse(j);
  } catch (const json::exception& error) {
    return user_error("search.json: {}; plan the bundle again", error.what());
  }
}

std::string trials_text(const search::RaceCounts& raced) {
  if (raced.trials == 0) return {};
  return fmt::format(
      "{} trials evaluated {} pictures; {:.0f} % were spared: {} trials were dropped on part of them, {} had "
      "thresholds "
      "that were known\n",
      raced.trials, raced.pictures, 100 - 100 * double(raced.pictures) / double(raced.all_pictures), raced.dropped,
      raced.known);
}

std::string dense_alone_text(double dense_cycles, const std::vector<double>& mixture_cycles, bool is_dense_alone,
                             double clock_mhz) {
  if (dense_cycles <= 0 || mixture_cycles.empty()) return {};
  const auto rate = [&](double cycles) {
    return fmt::format("{:.0f} images/s simulated, {:.0f} cycles an image", 1e6 * clock_mhz / cycles, cycles);
  };
  if (is_dense_alone)
    return fmt::format("dense engines alone were built: {}; the mixture's rows took {:.0f} to {:.0f} cycles\n",
                       rate(dense_cycles), mixture_cycles.front(), mixture_cycles.back());
  return fmt::format("the best design of dense engines alone: {}; row 0 here: {}, {:.2f} times as fast\n",
                     rate(dense_cycles), rate(mixture_cycles.front()), dense_cycles / mixture_cycles.front());
}

std::string search_text(const PlanState& state) {
  std::string text;
  if (const auto& hardware = state.chosen->hardware; hardware && hardware->trials.size() > 1) {
    const search::EstimatedRows& rows = hardware->trials[hardware->taken].rows;
    text += fmt::format(
        "hardware for all rows (estimated): {:.0f} cycles an image without thresholds, {:.0f} at the largest loss; a "
        "design "
        "for either alone takes {:.0f} and {:.0f}\n",
        rows.densest, rows.full_loss, hardware->natural_cycles, hardware->one_row_cycles);
  }
  if (state.chosen->hardware && state.chosen->hardware->raced.trials > 0)
    text += "before the hardware was chosen, " + trials_text(state.chosen->hardware->raced);
  if (state.searched->raced.trials > 0) text += "for its rows, " + trials_text(state.searched->raced);
  const BuiltChoice& built = *state.design;
  text += dense_alone_text(built.dense_cycles, built.mixture_cycles, built.is_dense, state.measured->table.clock_mhz);
  const std::string& why = state.measured->why_single;
  if (!why.empty()) text += fmt::format("the table has one row: {}\n", why);
  return text;
}

}  // namespace sluice
