// SPDX-License-Identifier: Apache-2.0
// Progress, designs, sensitivity (see search_section.hpp).
#include "apps/report/search_section.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include "runtime/base/json.hpp"

#include "apps/report/html.hpp"

namespace sluice::page {
namespace {

using nlohmann::json;
using search::LossLevel;
using search::SearchStep;

// One study: its steps, and how many trials it had.
struct Study {
  const char* name;
  const std::vector<SearchStep>& steps;
  const search::RaceCounts& raced;
};

std::vector<Study> studies(const Facts& facts) {
  std::vector<Study> all;
  if (!facts.search) return all;
  if (const auto& hardware = facts.search->hardware; hardware && !hardware->progress.empty())
    all.push_back({"thresholds with hardware of their own", hardware->progress, hardware->raced});
  if (!facts.search->rows.progress.empty())
    all.push_back({"rows of the design that was chosen", facts.search->rows.progress, facts.search->rows.raced});
  return all;
}

constexpr int kColumns = 10;  // tenths of what is left out
// Divergences from kFaint to kStrong nats go from the faintest colour to the strongest.
constexpr double kFaint = 1e-4, kStrong = 1;

double strength(double nats) {
  if (nats <= kFaint) return 0;
  return std::min(1.0, std::log(nats / kFaint) / std::log(kStrong / kFaint));
}

using Levels = std::vector<LossLevel> search::LayerLosses::*;

std::string sensitivity_row(const std::string& name, const std::vector<LossLevel>& levels) {
  std::array<const LossLevel*, kColumns> columns{};
  for (const LossLevel& level : levels) {
    if (!(level.share >= 0 && level.share <= 1)) continue;
    const LossLevel*& column = columns[std::size_t(std::min(kColumns - 1, int(level.share * kColumns)))];
    if (column == nullptr || level.divergence < column->divergence) column = &level;
  }
  std::string cells;
  for (const LossLevel* level : columns) {
    cells += level == nullptr
                 ? std::string("<td></td>")
                 : fmt::format(
                       "<td class=\"heat\" style=\"--v:{:.3f}\" title=\"{:.1f} % left out, {:.1f} % of classes "
                       "changed\">{}</td>",
                       strength(level->divergence), 100 * level->share, 100 * level->changed,
                       number(1e3 * level->divergence, level->divergence < 0.01 ? 1 : 0));
  }
  return "<tr><th scope=\"row\">" + escaped(name) + "</th>" + cells + "</tr>\n";
}

std::string sensitivity_table(const SearchReport& search, Levels part, const char* id, const std::string& what) {
  std::string lines;
  for (std::size_t l = 0; l < search.losses.layers.size(); ++l) {
    const std::vector<LossLevel>& levels = search.losses.layers[l].*part;
    if (!levels.empty()) lines += sensitivity_row(search.layer_names[l], levels);
  }
  if (lines.empty()) return {};
  std::string heads;
  for (int c = 0; c < kColumns; ++c)
    heads += fmt::format("<th scope=\"col\">{}&ndash;{}&nbsp;%</th>", 10 * c, 10 * c + 10);
  return fmt::format(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{0}\"><table class=\"heatmap\">\n"
      "<caption id=\"{0}\">{1} {2}</caption>\n"
      "<thead><tr><th scope=\"col\">layer</th>{3}</tr></thead>\n<tbody>\n{4}</tbody></table></div>\n",
      id, what, badge(RateKind::measured), heads, lines);
}

}  // namespace

std::string progress_table(const Facts& facts) {
  std::string lines;
  for (const Study& study : studies(facts)) {
    for (const SearchStep& step : study.steps)
      lines += fmt::format("<tr><th scope=\"row\">{}</th>{}{}<td class=\"number\">{:+.2f}</td></tr>\n", study.name,
                           number_cell(double(step.trial)), number_cell(step.cycles), step.points);
    lines += fmt::format(
        "<tr><th scope=\"row\">{}</th><td colspan=\"3\">{} trials; {} were dropped on part of the pictures, {} had "
        "thresholds that were known</td></tr>\n",
        study.name, study.raced.trials, study.raced.dropped, study.raced.known);
  }
  if (lines.empty())
    return "<tr><td colspan=\"4\">No trials were made, or this bundle kept none of their progress.</td></tr>\n";
  return lines;
}

json progress_chart(const Facts& facts) {
  json series = json::array();
  for (const Study& study : studies(facts)) {
    json points = json::array();
    for (const SearchStep& step : study.steps) points.push_back({{"label", ""}, {"x", step.trial}, {"y", step.cycles}});
    series.push_back({{"name", study.name}, {"points", points}, {"until", study.raced.trials}});
  }
  if (series.empty()) return nullptr;
  return {{"x", "trial"},
          {"y", "fewest cycles an image within the largest loss"},
          {"shape", "steps"},
          {"views", {{{"kind", to_text(RateKind::estimated)}, {"series", series}}}}};
}

std::string designs_table(const Facts& facts) {
  if (!facts.search || !facts.search->hardware)
    return "<tr><td colspan=\"6\">No designs were explored: the bundle was planned for no board and no "
           "budget.</td></tr>\n";
  const ExploredHardware& h = *facts.search->hardware;
  std::string lines;
  for (std::size_t t = 0; t < h.trials.size(); ++t) {
    const search::HardwareTrial& trial = h.trials[t];
    lines +=
        fmt::format("<tr{}><th scope=\"row\">{}{}</th>{}{}{}{}{}</tr>\n", t == h.taken ? " class=\"taken\"" : "", t + 1,
                    t == h.taken ? ", taken" : "", number_cell(double(trial.kernels)), number_cell(trial.rows.densest),
                    number_cell(trial.rows.half_loss), number_cell(trial.rows.full_loss),
                    trial.simulated_densest > 0 ? number_cell(trial.simulated_densest)
                                                : std::string("<td class=\"number\">-</td>"));
  }
  return lines;
}

std::string sensitivity_tables(const Facts& facts) {
  std::string tables;
  if (facts.search) {
    tables =
        sensitivity_table(*facts.search, &search::LayerLosses::activations, "sensitivity-activations",
                          "Activations left out") +
        sensitivity_table(*facts.search, &search::LayerLosses::weights, "sensitivity-weights", "Weights left out") +
        sensitivity_table(*facts.search, &search::LayerLosses::ranks, "sensitivity-ranks",
                          "Weights left out by rank (grouped-prefix engines)");
  }
  if (tables.empty()) return "<p>No thresholds were measured in this plan.</p>\n";
  return tables;
}

}  // namespace sluice::page
