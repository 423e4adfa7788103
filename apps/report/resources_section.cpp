// SPDX-License-Identifier: Apache-2.0
// Sums by kind of circuit (see resources_section.hpp).
#include "apps/report/resources_section.hpp"

#include <map>

#include <fmt/format.h>

#include "apps/report/html.hpp"

namespace sluice::page {
namespace {

struct Part {
  const char* name;  // as ResourceShare has it
  const char* title;
  std::int64_t ResourceCount::*count;
};

constexpr Part kParts[] = {{"ALMs", "ALMs", &ResourceCount::alms},
                           {"RAM blocks", "RAM blocks", &ResourceCount::ram_blocks},
                           {"DSP blocks", "DSP blocks", &ResourceCount::dsp_blocks},
                           {"multipliers", "multipliers", &ResourceCount::multipliers}};

constexpr int kColours = 6;

// Resources of all layers of one kind of circuit; what belongs to no layer comes last.
std::vector<std::pair<std::string, ResourceCount>> by_circuit(const PlanReport& report) {
  std::map<std::string, ResourceCount> sums;
  for (const ReportedLayer& layer : report.layers) {
    ResourceCount& sum = sums[layer.engine.empty() ? "layers without weights" : layer.engine];
    for (const Part& part : kParts) sum.*part.count += layer.resources.*part.count;
    sum.kernels += layer.resources.kernels;
  }
  std::vector<std::pair<std::string, ResourceCount>> list(sums.begin(), sums.end());
  list.emplace_back("source, sink, forks, records", report.estimated.resources_shared);
  return list;
}

const ResourceShare* use_of(const PlanReport& report, const Part& part) {
  if (!report.estimated.target) return nullptr;
  for (const ResourceShare& use : report.estimated.target->uses)
    if (use.resource == part.name) return &use;
  return nullptr;
}

}  // namespace

std::string resources_figure(const Facts& facts) {
  const PlanReport& report = facts.report;
  const auto circuits = by_circuit(report);
  std::string bars, legend, heads, lines, used, allowed;
  for (std::size_t c = 0; c < circuits.size(); ++c)
    legend += fmt::format("<li><span class=\"swatch c{}\"></span>{}</li>", c % kColours, escaped(circuits[c].first));
  for (const Part& part : kParts) {
    const ResourceShare* use = use_of(report, part);
    const double whole = use != nullptr ? double(use->plannable) : double(report.estimated.resources.*part.count);
    std::string pieces;
    for (std::size_t c = 0; c < circuits.size() && whole > 0; ++c)
      pieces += fmt::format("<span class=\"piece c{}\" style=\"--w:{:.4f}\"></span>", c % kColours,
                            double(circuits[c].second.*part.count) / whole);
    bars += fmt::format(
        "<div class=\"stack\"><span class=\"name\">{}</span><span class=\"track\">{}</span><span "
        "class=\"share\">{}</span></div>\n",
        part.title, pieces, use != nullptr ? percent(use->share, 0) : std::string("no budget"));
    heads += fmt::format("<th scope=\"col\">{}</th>", part.title);
    used += number_cell(double(report.estimated.resources.*part.count));
    allowed += use != nullptr ? number_cell(double(use->plannable)) : std::string("<td class=\"number\">-</td>");
  }
  for (const auto& [name, count] : circuits) {
    lines += "<tr><th scope=\"row\">" + escaped(name) + "</th>";
    for (const Part& part : kParts) lines += number_cell(double(count.*part.count));
    lines += "</tr>\n";
  }
  lines += "<tr class=\"sum\"><th scope=\"row\">together</th>" + used + "</tr>\n";
  lines += "<tr><th scope=\"row\">a plan may use</th>" + allowed + "</tr>\n";
  for (const ResourceShare& use :
       report.estimated.target ? report.estimated.target->uses : std::vector<ResourceShare>{})
    lines += fmt::format("<tr><th scope=\"row\">{}, used</th><td colspan=\"4\">{} of {}, {}</td></tr>\n",
                         escaped(use.resource), number(double(use.used)), number(double(use.plannable)),
                         percent(use.share, 1));
  return fmt::format(
      "<div class=\"stacks\" role=\"img\" aria-label=\"Resources by kind of part; the table below holds the "
      "figures\">\n{}</div>\n<ul class=\"legend\">{}</ul>\n"
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"resources-caption\"><table>\n"
      "<caption id=\"resources-caption\">Resources of the design, f_hls {:g} {}</caption>\n"
      "<thead><tr><th scope=\"col\">kind of circuit</th>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
      bars, legend, report.estimated.f_hls, badge(RateKind::estimated), heads, lines);
}

}  // namespace sluice::page
