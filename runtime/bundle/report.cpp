// SPDX-License-Identifier: Apache-2.0
// Writes report.json (see report.hpp).
#include "runtime/bundle/report.hpp"
#include "runtime/base/json.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sluice {
namespace {

using nlohmann::json;

json resources_json(const ResourceCount& r) {
  return {{"alms", r.alms},
          {"ram_blocks", r.ram_blocks},
          {"mlabs", r.mlabs},
          {"dsp_blocks", r.dsp_blocks},
          {"multipliers", r.multipliers},
          {"kernels", r.kernels}};
}

json choice_json(const EngineChoice& choice) {
  json j{{"engine", choice.engine}, {"verdict", choice.verdict}, {"why", choice.why}};
  if (choice.cycles <= 0) return j;
  j["numbers"] = choice.numbers;
  j["cycles"] = choice.cycles;
  j["resources"] = resources_json(choice.resources);
  return j;
}

json proof_json(const ReportedProof& proof) {
  return {{"bound_log2", proof.bound_log2},
          {"limit_log2", proof.limit_log2},
          {"margin_bits", proof.margin_bits()},
          {"weight_bits", proof.weight_bits},
          {"input_bits", proof.input_bits}};
}

json layer_json(const ReportedLayer& layer) {
  json j{{"name", layer.name},
         {"origin", layer.origin},
         {"kind", to_text(layer.kind)},
         {"macs", layer.macs},
         {"output_scale", layer.output_scale},
         {"shift", layer.shift},
         {"curve", to_text(layer.curve)},
         {"estimated", {{"cycles_per_image", layer.cycles_per_image}, {"resources", resources_json(layer.resources)}}}};
  if (layer.zero_share_float) j["zero_share_float"] = *layer.zero_share_float;
  if (!layer.engine.empty()) j["engine"] = layer.engine;
  if (layer.explain) j["explain"] = to_json(*layer.explain);
  for (const ReportedKernel& kernel : layer.kernels) {
    j["kernels"].push_back({{"name", kernel.name}, {"multipliers", kernel.multipliers}});
  }
  if (layer.sum_proof) j["sum_proof"] = proof_json(*layer.sum_proof);
  return j;
}

json simulated_json(const SimulatedRate& rate) {
  return {{"kind", to_text(SimulatedRate::kKind)},
          {"pictures", "calibration, first ones"},
          {"images", rate.images},
          {"cycles_per_image_of_rows", rate.cycles_per_image_of_rows},
          {"tolerance", rate.tolerance},
          {"stream_ram_blocks", rate.stream_ram_blocks}};
}

}  // namespace

const char* to_text(RateKind kind) {
  switch (kind) {
    case RateKind::estimated:
      return "estimated";
    case RateKind::simulated:
      return "simulated";
    case RateKind::measured:
      break;
  }
  return "measured";
}

double PlanReport::largest_sum_log2() const {
  double largest = 0;
  for (const ReportedLayer& layer : layers) {
    if (layer.sum_proof) largest = std::max(largest, layer.sum_proof->bound_log2);
  }
  return largest;
}

RowRate rate_of_row(const PlanReport& report, const DesignTable& table, std::size_t row) {
  const double cycles_per_s = 1e6 * table.clock_mhz;
  if (report.simulated && row < report.simulated->cycles_per_image_of_rows.size()) {
    const double cycles = report.simulated->cycles_per_image_of_rows[row];
    return {RateKind::simulated, cycles, cycles_per_s / cycles};
  }
  const double cycles = table.rows[row].cycles_per_image;
  return {RateKind::estimated, cycles, cycles_per_s / cycles};
}

json to_json(const LayerExplanation& explanation) {
  json j{{"offers", json::array()}};
  for (const EngineChoice& offer : explanation.offers) j["offers"].push_back(choice_json(offer));
  if (!explanation.requantisers.empty()) j["requantisers"] = explanation.requantisers;
  if (explanation.next_faster) j["next_faster"] = choice_json(*explanation.next_faster);
  return j;
}

json to_json(const EstimatedRate& rate) {
  json j{{"kind", to_text(EstimatedRate::kKind)},
         {"f_hls", rate.f_hls},
         {"clock_mhz", rate.clock_mhz},
         {"cycles_per_image", rate.cycles_per_image},
         {"throughput_images_per_s", rate.throughput_images_per_s},
         {"macs_per_multiplier_and_cycle", rate.macs_per_multiplier_and_cycle},
         {"bottleneck", rate.bottleneck},
         {"resources", resources_json(rate.resources)},
         {"resources_shared", resources_json(rate.resources_shared)}};
  if (!rate.target) return j;
  const ReportedTarget& target = *rate.target;
  j[target.is_board ? "board" : "budget"] = target.name;
  j["objective"] = target.least_images_per_s > 0 ? json{{"least_resources_at_images_per_s", target.least_images_per_s}}
                                                 : json("highest rate");
  j["explored_cycles_per_image"] = target.explored_cycles_per_image;
  j["uses"] = json::array();
  for (const ResourceShare& use : target.uses) {
    j["uses"].push_back(
        {{"resource", use.resource}, {"used", use.used}, {"plannable", use.plannable}, {"share", use.share}});
  }
  return j;
}

std::string report_to_json(const PlanReport& r) {
  json trials = json::array(), layers = json::array(), phases = json::object();
  for (const ReportedTrial& trial : r.quantisation_trials) {
    trials.push_back({{"method", trial.method}, {"divergence_nats", trial.divergence_nats}});
  }
  for (const ReportedLayer& layer : r.layers) layers.push_back(layer_json(layer));
  for (const auto& [name, seconds] : r.phase_seconds) phases[name + "_s"] = seconds;
  json j{{"version", kReportVersion},
         {"model", r.model},
         {"design_hash", r.design_hash},
         {"precision", fmt::format("int{}", r.bits)},
         {"calibration_images", r.calibration_images},
         {"top1_agreement_with_float",
          {{"share", r.agreement_share}, {"images", r.agreement_images}, {"pictures", "calibration, first ones"}}},
         {"quantisation", {{"method", r.quantisation_method}, {"trials", trials}}},
         {"macs_per_image", r.macs_per_image},
         {"multipliers", r.multipliers},
         {"kernels", r.kernels},
         {"rows_measured_on", {{"images", r.row_images}, {"pictures", r.is_held_out ? "held-out" : "calibration"}}},
         {"float_top1",
          {{"right", r.float_right_images}, {"images", r.labelled_images}, {"pictures", "those of the rows"}}},
         {"estimated", to_json(r.estimated)},
         {"layers", layers},
         {"phase_times", phases}};
  if (r.simulated) j["simulated"] = simulated_json(*r.simulated);
  if (!r.command.empty()) j["command"] = r.command;
  // Names come from files of any encoding; what is not UTF-8 is replaced, not thrown about.
  return json_text(j, 1) + "\n";
}

}  // namespace sluice
