// SPDX-License-Identifier: Apache-2.0
// Fills the template (see page.hpp).
#include "apps/report/page.hpp"

#include <fmt/format.h>
#include "runtime/base/json.hpp"

#include "apps/report/headline.hpp"
#include "apps/report/html.hpp"
#include "apps/report/layers_section.hpp"
#include "apps/report/resources_section.hpp"
#include "apps/report/rows_section.hpp"
#include "apps/report/search_section.hpp"
#include "apps/report/streams_section.hpp"

namespace sluice::page {
namespace {

constexpr std::size_t kMostCommandBytes = 65536;

std::string command_of(const Facts& facts) {
  const std::string& command = facts.report.command;
  return command.empty() ? "<p>Not kept: a program planned this bundle, or an older Sluice.</p>"
                         : "<pre tabindex=\"0\"><code>" + escaped(command, kMostCommandBytes) + "</code></pre>";
}

std::string measured_on(const Facts& facts) {
  const PlanReport& r = facts.report;
  std::string text = fmt::format("Losses are {} on {} {} pictures, against float on the same ones.",
                                 badge(RateKind::measured), r.row_images, r.is_held_out ? "held-out" : "calibration");
  if (r.labelled_images > 0)
    text += fmt::format(" There the float network is right on {}.",
                        percent(double(r.float_right_images) / double(r.labelled_images), 2));
  return text;
}

}  // namespace

Result<std::string> bundle_page(const Bundle& bundle, const PageOptions& options) {
  const Facts facts = SLUICE_TRY(read_facts(bundle, options.is_simulated));
  const auto& files = page_files();
  const std::string& script = files.at("page.js");
  const nlohmann::json charts{{"loss", rows_chart(facts)}, {"progress", progress_chart(facts)}};
  return filled(files.at("page.html"), {{"title", escaped(page_title(facts))},
                                        {"script-hash", script_hash(script)},
                                        {"style", files.at("page.css")},
                                        {"script", script},
                                        {"charts", script_json(charts)},
                                        {"identity", identity(facts)},
                                        {"tiles", tiles(facts)},
                                        {"limits", limits(facts)},
                                        {"measured-on", measured_on(facts)},
                                        {"rows", rows_table(facts)},
                                        {"progress", progress_table(facts)},
                                        {"designs", designs_table(facts)},
                                        {"sensitivity", sensitivity_tables(facts)},
                                        {"fastest-legend", fastest_legend(facts)},
                                        {"fastest-head", fastest_head(facts)},
                                        {"cycles", cycles_rows(facts)},
                                        {"sparsity-heads", sparsity_heads(facts)},
                                        {"sparsity", sparsity_rows(facts)},
                                        {"resources", resources_figure(facts)},
                                        {"waits", waits_figure(facts)},
                                        {"streams", streams_figure(facts)},
                                        {"command", command_of(facts)}});
}

}  // namespace sluice::page
