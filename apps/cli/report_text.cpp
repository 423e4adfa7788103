// SPDX-License-Identifier: Apache-2.0
// Tables and sentences from a report (see report_text.hpp).
#include "apps/cli/report_text.hpp"

#include <fmt/format.h>

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
  const EstimatedRate& e = report.estimated;
  std::string text = fmt::format("{:<30} {:<18} {:>6} {:>10} {:>8} {:>6} {:>6}   all {}\n", "layer", "engine", "mult.",
                                 "cycles", "ALMs", "RAMs", "DSPs", to_text(e.kKind));
  for (const ReportedLayer& l : report.layers) {
    text +=
        fmt::format("{:<30} {:<18} {:>6} {:>10.0f} {:>8} {:>6} {:>6}{}\n", l.name, l.engine.empty() ? "-" : l.engine,
                    l.resources.multipliers, l.cycles_per_image, l.resources.alms, l.resources.ram_blocks,
                    l.resources.dsp_blocks, l.name == e.bottleneck ? "   <- sets the rate" : "");
  }
  text += fmt::format("{:<30} {:<18} {:>6} {:>10} {:>8} {:>6} {:>6}\n", "source, sink, forks, records", "-", "", "",
                      e.resources_shared.alms, e.resources_shared.ram_blocks, e.resources_shared.dsp_blocks);
  text += fmt::format("{:<30} {:<18} {:>6} {:>10.0f} {:>8} {:>6} {:>6}   f_hls {:g}\n", "together", "",
                      e.resources.multipliers, e.cycles_per_image, e.resources.alms, e.resources.ram_blocks,
                      e.resources.dsp_blocks, e.f_hls);
  if (e.target) text += target_text(*e.target);
  return text + fmt::format(
                    "{} sets the rate: {:.0f} cycles an image, {:.0f} images/s at {:.0f} MHz ({}); {:.2f} dense MACs a "
                    "multiplier and cycle\n",
                    e.bottleneck, e.cycles_per_image, e.throughput_images_per_s, e.clock_mhz, to_text(e.kKind),
                    e.macs_per_multiplier_and_cycle);
}

std::string estimate_summary(const EstimatedRate& e) {
  std::string text = fmt::format("{} with f_hls {:g}: {}\n", to_text(e.kKind), e.f_hls, resources_text(e.resources));
  if (e.target) {
    const ResourceShare& first = e.target->uses.front();
    text += fmt::format("planned for {}: {} bind, {:.0f} % of {} used\n", e.target->name, first.resource,
                        100 * first.share, first.plannable);
  }
  return text +
         fmt::format("{} sets the rate: {:.0f} images/s at {:g} MHz ({}), {:.2f} dense MACs a multiplier and cycle\n",
                     e.bottleneck, e.throughput_images_per_s, e.clock_mhz, to_text(e.kKind),
                     e.macs_per_multiplier_and_cycle);
}

std::string simulated_text(const PlanReport& report) {
  if (!report.simulated) return "";
  const SimulatedRate& s = *report.simulated;
  const double interval = s.cycles_per_image_of_rows[0];
  return fmt::format(
      "{} on {} calibration pictures, row 0: {:.0f} cycles an image, {:.0f} images/s; streams hold {} RAM blocks, "
      "every row within {:.3g} % of its best rate\n",
      to_text(s.kKind), s.images, interval, 1e6 * report.estimated.clock_mhz / interval, s.stream_ram_blocks,
      100 * s.tolerance);
}

std::string proofs_text(const PlanReport& report) {
  std::string text = fmt::format("{:<30} {:>11} {:>10} {:>12} {:>10} {:>13}\n", "layer", "weight bits", "input bits",
                                 "largest sum", "limit", "margin, bits");
  for (const ReportedLayer& layer : report.layers) {
    if (!layer.sum_proof) continue;
    const ReportedProof& p = *layer.sum_proof;
    text += fmt::format("{:<30} {:>11} {:>10} {:>12} {:>10} {:>13.2f}\n", layer.name, p.weight_bits, p.input_bits,
                        fmt::format("2^{:.2f}", p.bound_log2), fmt::format("2^{}", p.limit_log2), p.margin_bits());
  }
  return text;
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
