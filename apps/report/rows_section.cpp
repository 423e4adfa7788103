// SPDX-License-Identifier: Apache-2.0
// Rows and baselines as a table and as series of points (see rows_section.hpp).
#include "apps/report/rows_section.hpp"

#include <fmt/format.h>
#include "runtime/base/json.hpp"

#include "apps/report/html.hpp"

namespace sluice::page {
namespace {

using nlohmann::json;

// 0: of that kind there is none.
double simulated_cycles(const Facts& facts, std::size_t row) {
  const RowRate rate = facts.rate(row);
  return rate.kind == RateKind::simulated ? rate.cycles_per_image : 0;
}

std::string rate_cells(const Facts& facts, double cycles) {
  if (cycles <= 0) return "<td class=\"number\">-</td><td class=\"number\">-</td>";
  return number_cell(cycles) + number_cell(facts.images_per_s(cycles));
}

std::string line(const Facts& facts, const std::string& name, double loss, double low, double high, double simulated,
                 double estimated) {
  return fmt::format(
      "<tr><th scope=\"row\">{}</th><td class=\"number\"><data value=\"{}\">{:+.2f}</data></td><td "
      "class=\"number\">{:+.2f} to {:+.2f}</td>{}{}</tr>\n",
      name, loss, loss, low, high, rate_cells(facts, simulated), rate_cells(facts, estimated));
}

json point(const Facts& facts, const std::string& label, double loss, double low, double high, double cycles) {
  return {{"label", label}, {"x", facts.images_per_s(cycles)}, {"y", loss}, {"low", low}, {"high", high}};
}

json view(const Facts& facts, RateKind kind) {
  json own = json::array(), series = json::array();
  for (std::size_t r = 0; r < facts.rows().size(); ++r) {
    const TableRow& row = facts.rows()[r];
    const double cycles = kind == RateKind::simulated ? simulated_cycles(facts, r) : row.cycles_per_image;
    if (cycles > 0)
      own.push_back(point(facts, std::to_string(row.id), row.loss_points, row.loss_low, row.loss_high, cycles));
  }
  series.push_back({{"name", "rows of this design, by number"}, {"points", own}});
  for (const Baseline& baseline : facts.search ? facts.search->baselines : std::vector<Baseline>{}) {
    json points = json::array();
    for (const BaselineRow& row : baseline.rows) {
      const double cycles = kind == RateKind::simulated ? row.simulated_cycles : row.estimated_cycles;
      if (cycles > 0) points.push_back(point(facts, "", row.loss_points, row.loss_low, row.loss_high, cycles));
    }
    if (!points.empty()) series.push_back({{"name", baseline.name}, {"points", points}});
  }
  if (facts.search && facts.search->dense_cycles > 0 && kind == RateKind::simulated &&
      facts.search->baselines.empty() && !facts.search->is_dense_alone)
    series.push_back({{"name", "dense engines alone"},
                      {"lines", {facts.images_per_s(facts.search->dense_cycles)}},
                      {"points", json::array()}});
  return {{"kind", to_text(kind)}, {"series", series}};
}

}  // namespace

std::string rows_table(const Facts& facts) {
  std::string lines;
  for (std::size_t r = 0; r < facts.rows().size(); ++r) {
    const TableRow& row = facts.rows()[r];
    lines += line(facts, fmt::format("row {}", row.id), row.loss_points, row.loss_low, row.loss_high,
                  simulated_cycles(facts, r), row.cycles_per_image);
  }
  if (!facts.search) return lines;
  for (const Baseline& baseline : facts.search->baselines) {
    for (const BaselineRow& row : baseline.rows)
      lines += line(facts, escaped(baseline.name), row.loss_points, row.loss_low, row.loss_high, row.simulated_cycles,
                    row.estimated_cycles);
  }
  return lines;
}

json rows_chart(const Facts& facts) {
  if (facts.rows().size() == 1 && !dense_alone(facts)) return nullptr;
  json views = json::array();
  if (simulated_cycles(facts, 0) > 0) views.push_back(view(facts, RateKind::simulated));
  views.push_back(view(facts, RateKind::estimated));
  return {{"x", "images/s"}, {"y", "top-1 loss, points (95 % interval)"}, {"views", views}};
}

}  // namespace sluice::page
