// SPDX-License-Identifier: Apache-2.0
// Writes report.json and the golden vectors (see report.hpp).
#include "compiler/driver/report.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace sluice {

using nlohmann::json;

void PhaseTimes::begin(const std::string& name) {
  end();
  seconds_.push_back({name, 0.0});
  start_ = std::chrono::steady_clock::now();
  is_running_ = true;
}

void PhaseTimes::end() {
  if (!is_running_) return;
  seconds_.back().second = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  is_running_ = false;
}

BundleFiles golden_files(const IntegerNetwork& network, const std::vector<Golden>& vectors) {
  BundleFiles files;
  json list = json::array();
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::string name = fmt::format("golden/input_{:02}.bin", i);
    std::string bytes;
    for (const std::int16_t code : vectors[i].codes) {
      bytes.push_back(static_cast<char>(code & 0xff));
      if (network.input_bits == 16) bytes.push_back(static_cast<char>(code >> 8 & 0xff));
    }
    files[name] = std::move(bytes);
    const std::string& picture = vectors[i].picture;
    list.push_back({{"picture", picture.substr(picture.find_last_of('/') + 1)}, {"input", name}, {"scores", vectors[i].scores}});
  }
  files["golden/golden.json"] = json{{"version", 1}, {"vectors", list}}.dump(1) + "\n";
  return files;
}

std::string plan_report(const PlanOptions& options, const Design& design, const Quantised& quantised,
                        const Statistics& statistics, const PlanSummary& summary, const PhaseTimes& times) {
  const IntegerNetwork& network = design.network;
  json layers = json::array();
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const Layer& layer = network.layers[i];
    json entry{{"name", layer.name}, {"origin", layer.origin}, {"kind", to_text(layer.kind)}, {"macs", layer.macs()},
               {"output_scale", layer.output_scale}, {"shift", layer.shift}, {"curve", to_text(layer.curve.kind)}};
    // A part of a longer concatenation has no float value of its own.
    const auto value = quantised.value_of.find(layer.name);
    if (value != quantised.value_of.end()) entry["zero_share_float"] = statistics.at(value->second).zero_share();
    const LayerEstimate& estimate = summary.estimate.layers[i];
    if (!estimate.engine.empty()) entry["engine"] = estimate.engine;
    entry["estimated"] = {{"cycles_per_image", estimate.cycles}, {"resources", to_json(estimate.cost)}};
    if (!estimate.story.offers.empty()) entry["explain"] = to_json(estimate.story);
    for (const Kernel& kernel : design.netlist.kernels) {
      if (kernel.layer == static_cast<int>(i)) entry["kernels"].push_back({{"name", kernel.name}, {"multipliers", multipliers(design.netlist, kernel)}});
    }
    const auto proof = std::find_if(quantised.proofs.begin(), quantised.proofs.end(), [&](const SumProof& p) { return p.layer == layer.name; });
    if (proof != quantised.proofs.end()) {
      entry["sum_proof"] = {{"bound_log2", proof->bound_bits}, {"limit_log2", proof->limit_bits},
                            {"margin_bits", proof->limit_bits - proof->bound_bits},
                            {"weight_bits", proof->weight_bits}, {"input_bits", proof->input_bits}};
    }
    layers.push_back(std::move(entry));
  }
  json phases = json::object();
  for (const auto& [name, seconds] : times.seconds()) phases[name + "_s"] = seconds;
  json trials = json::array();
  for (const QuantiseTrial& trial : summary.trials) trials.push_back({{"method", trial.name}, {"divergence_nats", trial.divergence}});
  json report{{"version", 1},
                    {"model", options.model.filename().string()},
                    {"design_hash", summary.design_hash},
                    {"precision", fmt::format("int{}", network.input_bits)},
                    {"calibration_images", summary.calibration_images},
                    {"top1_agreement_with_float", {{"share", summary.agreement}, {"images", summary.agreement_images},
                                                   {"pictures", "calibration, first ones"}}},
                    {"quantisation", {{"method", summary.method}, {"trials", trials}}},
                    {"macs_per_image", summary.macs},
                    {"multipliers", summary.multipliers},
                    {"kernels", summary.kernels},
                    {"estimated", to_json(summary.estimate)},
                    {"layers", layers},
                    {"phase_times", phases}};
  if (summary.sizing) {
    report["simulated"] = {{"kind", "simulated"}, {"pictures", "calibration, first ones"}, {"images", summary.sizing->pictures},
                           {"cycles_per_image_of_rows", summary.sizing->interval_cycles}, {"tolerance", summary.sizing->tolerance},
                           {"stream_ram_blocks", summary.sizing->ram_blocks}};
  }
  return report.dump(1) + "\n";
}

}  // namespace sluice
