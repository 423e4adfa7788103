// SPDX-License-Identifier: Apache-2.0
// Cells with bars and shades (see layers_section.hpp).
#include "apps/report/layers_section.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "apps/report/html.hpp"

namespace sluice::page {
namespace {

constexpr double kLongestBar = 2.5;  // of the slowest layer: else the bound of one layer makes all other bars short

// With as many multipliers and nothing skipped: no dense engine is faster. 0: the layer multiplies nothing.
double dense_bound(const ReportedLayer& layer) {
  return layer.resources.multipliers > 0 ? double(layer.macs) / double(layer.resources.multipliers) : 0;
}

std::string bar(const char* name, double value, double most) {
  if (value <= 0 || most <= 0) return {};
  return fmt::format("<span class=\"bar {}{}\" style=\"--w:{:.4f}\"></span>", name, value > most ? " cut" : "",
                     std::min(1.0, value / most));
}

}  // namespace

std::string cycles_rows(const Facts& facts) {
  const std::size_t last = facts.rows().size() - 1;
  double slowest = 0, densest = 0;
  for (const ReportedLayer& layer : facts.report.layers) {
    slowest = std::max({slowest, facts.cycles(0, layer), facts.cycles(last, layer)});
    densest = std::max(densest, dense_bound(layer));
  }
  const double most = std::max(slowest, std::min(densest, kLongestBar * slowest));
  std::string lines;
  for (const ReportedLayer& layer : facts.report.layers) {
    const double dense = dense_bound(layer), first = facts.cycles(0, layer), fastest = facts.cycles(last, layer);
    const std::string bars = bar("dense", dense, most) + bar("first", first, most) +
                             (last > 0 ? bar("fastest", fastest, most) : std::string());
    lines +=
        fmt::format("<tr{}><th scope=\"row\">{}</th>{}{}{}{}{}<td class=\"bars\" aria-hidden=\"true\">{}</td></tr>\n",
                    first == slowest ? " class=\"taken\"" : "", escaped(layer.name),
                    text_cell(layer.engine.empty() ? to_text(layer.kind) : layer.engine),
                    number_cell(double(layer.resources.multipliers)),
                    dense > 0 ? number_cell(dense) : std::string("<td class=\"number\">-</td>"), number_cell(first),
                    last > 0 ? number_cell(fastest) : std::string(), bars);
  }
  return lines;
}

std::string fastest_legend(const Facts& facts) {
  const std::size_t last = facts.rows().size() - 1;
  return last == 0 ? "" : fmt::format("\n<li><span class=\"swatch fastest\"></span>row {}</li>", last);
}

std::string fastest_head(const Facts& facts) {
  const std::size_t last = facts.rows().size() - 1;
  return last == 0 ? "" : fmt::format("<th scope=\"col\">row {}</th>", last);
}

std::string sparsity_heads(const Facts& facts) {
  std::string heads = "<th scope=\"col\">layer</th><th scope=\"col\">zeros in its output</th>";
  for (const TableRow& row : facts.rows()) heads += fmt::format("<th scope=\"col\">row {}</th>", row.id);
  return heads;
}

std::string sparsity_rows(const Facts& facts) {
  std::string lines;
  for (const ReportedLayer& layer : facts.report.layers) {
    if (facts.entry(0, layer.name) == nullptr) continue;
    std::string cells = layer.zero_share_float ? "<td class=\"number\">" + percent(*layer.zero_share_float, 0) + "</td>"
                                               : std::string("<td class=\"number\">-</td>");
    for (std::size_t r = 0; r < facts.rows().size(); ++r) {
      const TableLayer* entry = facts.entry(r, layer.name);
      if (entry == nullptr) {
        cells += "<td></td>";
        continue;
      }
      const double skipped = 1 - entry->density_assumed;
      cells += fmt::format("<td class=\"heat\" style=\"--v:{:.3f}\" title=\"tau_w {}, tau_a {}, k {}\">{}</td>",
                           std::clamp(skipped, 0.0, 1.0), entry->thresholds.weight, entry->thresholds.activation,
                           entry->k, percent(skipped, 0));
    }
    lines += "<tr><th scope=\"row\">" + escaped(layer.name) + "</th>" + cells + "</tr>\n";
  }
  return lines;
}

}  // namespace sluice::page
