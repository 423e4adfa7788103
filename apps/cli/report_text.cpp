// SPDX-License-Identifier: Apache-2.0
// Tables and sentences from a report (see report_text.hpp).
#include "apps/cli/report_text.hpp"

#include <fmt/format.h>

#include "apps/cli/text_table.hpp"

namespace sluice::cli {
namespace {

std::string target_text(const ReportedTarget& target) {
  const ResourceShare& first = target.uses.front();
  std::string text = fmt::format("{} {}: {} bind, {:.0f} % full", target.is_board ? "board" : "budget", target.name,
                                 first.resource, 100 * first.share);
  for (std::size_t u = 1; u < target.uses.size(); ++u)
    text += fmt::format(", {} {:.0f} %", target.uses[u].resource, 100 * target.uses[u].share);
  return text + " of what a plan may use\n";
}

std::string choice_text(const EngineChoice& choice) {
  std::string text = fmt::format("{:<18} {:<12} {}\n", choice.engine, choice.verdict, choice.why);
  if (choice.cycles > 0)
    text += fmt::format("{:<18} {:<12} {}: {:.0f} cycles, {}\n", "", "", choice.numbers, choice.cycles,
                        resources_text(choice.resources));
  return text;
}

}  // namespace

std::string resources_text(const ResourceCount& r) {
  return fmt::format("{} ALMs, {} RAM blocks, {} DSP blocks, {} multipliers, {} kernels", r.alms, r.ram_blocks,
                     r.dsp_blocks, r.multipliers, r.kernels);
}

std::string estimate_table(const PlanReport& report) {
  using Holds = TableColumn::Holds;
  const EstimatedRate& e = report.estimated;
  TextTable table({{"layer", Holds::text},
                   {"engine", Holds::text},
                   {"mult."},
                   {"cycles"},
                   {"ALMs"},
                   {"RAMs"},
                   {"DSPs"},
                   {"all " + std::string(to_text(e.kKind)), Holds::text}});
  const auto add = [&](const std::string& name, const std::string& engine, const std::string& cycles,
                       const ResourceCount& r, const std::string& note, bool is_marked) {
    table.add({name, engine, std::to_string(r.multipliers), cycles, std::to_string(r.alms),
               std::to_string(r.ram_blocks), std::to_string(r.dsp_blocks), note},
              is_marked);
  };
  for (const ReportedLayer& l : report.layers) {
    const bool is_slowest = l.name == e.bottleneck;
    add(l.name, l.engine.empty() ? "-" : l.engine, fmt::format("{:.0f}", l.cycles_per_image), l.resources,
        is_slowest ? "<- slowest" : "", is_slowest);
  }
  add("source, sink, forks, records", "-", "", e.resources_shared, "", false);
  add("together", "", fmt::format("{:.0f}", e.cycles_per_image), e.resources, fmt::format("f_hls {:g}", e.f_hls),
      false);
  std::string text = table.text(is_colour_terminal());
  if (e.target) text += target_text(*e.target);
  return text + fmt::format("{} sets the rate: {:.0f} cycles an image ({}); {:.2f} dense MACs a multiplier and cycle\n",
                            e.bottleneck, e.cycles_per_image, to_text(e.kKind), e.macs_per_multiplier_and_cycle);
}

std::string estimate_summary(const EstimatedRate& e) {
  std::string text = fmt::format("{} with f_hls {:g}: {}\n", to_text(e.kKind), e.f_hls, resources_text(e.resources));
  if (e.target) {
    const ResourceShare& first = e.target->uses.front();
    text += fmt::format("planned for {}: {} bind, {:.0f} % of {} used\n", e.target->name, first.resource,
                        100 * first.share, first.plannable);
  }
  return text + fmt::format("{} sets the rate: {:.0f} cycles an image ({}), {:.2f} dense MACs a multiplier and cycle\n",
                            e.bottleneck, e.cycles_per_image, to_text(e.kKind), e.macs_per_multiplier_and_cycle);
}

std::string simulated_text(const PlanReport& report) {
  if (!report.simulated) return "";
  const SimulatedRate& s = *report.simulated;
  return fmt::format(
      "{} on {} calibration pictures; streams hold {} RAM blocks, every row within {:.3g} % of its best\n",
      to_text(s.kKind), s.images, s.stream_ram_blocks, 100 * s.tolerance);
}

std::string rate_text(const PlanReport& report, const DesignTable& table) {
  const auto rate_of = [&](std::size_t row) {
    const RowRate rate = rate_of_row(report, table, row);
    return fmt::format("row {}: {:.0f} images/s {}, {:.0f} cycles an image", row, rate.images_per_s, to_text(rate.kind),
                       rate.cycles_per_image);
  };
  std::string text = rate_of(0);
  if (table.rows.size() > 1) text += "; " + rate_of(table.rows.size() - 1);
  return text + fmt::format(" at {:g} MHz (assumed)\n", table.clock_mhz);
}

std::string proofs_text(const PlanReport& report) {
  TextTable table({{"layer", TableColumn::Holds::text},
                   {"weight bits"},
                   {"input bits"},
                   {"largest sum"},
                   {"limit"},
                   {"margin, bits"}});
  for (const ReportedLayer& layer : report.layers) {
    if (!layer.sum_proof) continue;
    const ReportedProof& p = *layer.sum_proof;
    table.add({layer.name, std::to_string(p.weight_bits), std::to_string(p.input_bits),
               fmt::format("2^{:.2f}", p.bound_log2), fmt::format("2^{}", p.limit_log2),
               fmt::format("{:.2f}", p.margin_bits())});
  }
  return table.text(is_colour_terminal());
}

std::string explanation_text(const ReportedLayer& layer, const EstimatedRate& rate) {
  const LayerExplanation& explain = *layer.explain;
  const std::string target = rate.target ? rate.target->name : "";
  std::string text =
      fmt::format("{}: ways to compute it in {:.0f} cycles, the interval explored for {} (all figures {})\n\n",
                  layer.name, rate.target ? rate.target->explored_cycles_per_image : 0, target, to_text(rate.kKind));
  for (const EngineChoice& offer : explain.offers) text += choice_text(offer);
  if (!explain.requantisers.empty()) text += fmt::format("{:<31} {}\n", "requantisers", explain.requantisers);
  if (!explain.next_faster) return text + "\nno way is faster\n";
  const EngineChoice& next = *explain.next_faster;
  return text + fmt::format("\nnext faster: {} with {}, {:.0f} cycles, for {} more\n", next.engine, next.numbers,
                            next.cycles, resources_text(next.resources));
}

std::string baselines_text(const SearchReport& search) {
  std::string text;
  for (const Baseline& baseline : search.baselines) {
    const BaselineRow &densest = baseline.rows.front(), &fastest = baseline.rows.back();
    text += fmt::format(
        "instead, {}: {:.0f} cycles an image, {:.0f} at {:+.2f} points (estimated; simulated {:.0f}, {:.0f})\n",
        baseline.name, densest.estimated_cycles, fastest.estimated_cycles, fastest.loss_points,
        densest.simulated_cycles, fastest.simulated_cycles);
  }
  return text;
}

}  // namespace sluice::cli
