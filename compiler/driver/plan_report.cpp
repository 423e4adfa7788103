// SPDX-License-Identifier: Apache-2.0
// Gathers what the phases made, layer by layer (see plan_report.hpp).
#include "compiler/driver/plan_report.hpp"

#include <algorithm>
#include <cmath>

#include "compiler/driver/design_estimate.hpp"
#include "compiler/model/memory_traffic.hpp"

namespace sluice {
namespace {

ReportedTarget target_of(const PlanJob& job, const Resources& total, double interval_cycles) {
  const Target& target = *job.options.target;
  ReportedTarget reported;
  reported.name = target.name;
  reported.is_board = target.board.has_value();
  reported.least_images_per_s = job.options.target_images_per_s;
  reported.explored_cycles_per_image = job.state.taken().interval_cycles;
  for (const ResourceUse& use :
       uses_of(total, memory_bytes_per_image(job.state.final_design().netlist), interval_cycles, target)) {
    reported.uses.push_back({use.resource, std::llround(use.used), std::llround(use.plannable), use.share()});
  }
  return reported;
}

ReportedLayer layer_of(const PlanState& state, std::size_t index, const LayerEstimate& estimate) {
  const Design& design = state.final_design();
  const Layer& layer = design.network.layers[index];
  ReportedLayer reported;
  reported.name = layer.name, reported.origin = layer.origin;
  reported.kind = layer.kind, reported.curve = layer.curve.kind;
  reported.macs = layer.macs();
  reported.output_scale = layer.output_scale, reported.shift = layer.shift;
  reported.engine = estimate.engine;
  reported.cycles_per_image = estimate.cycles;
  reported.resources = estimate.resources;
  const QuantisedModel& quantised = *state.quantised;
  if (const auto share = quantised.zero_share.find(layer.name); share != quantised.zero_share.end())
    reported.zero_share_float = share->second;
  if (const auto& explanations = state.taken().explanations; !explanations.empty())
    reported.explain = explanations[index];
  for (const Kernel& kernel : design.netlist.kernels) {
    if (kernel.layer == static_cast<int>(index))
      reported.kernels.push_back({kernel.name, multipliers(design.netlist, kernel)});
  }
  const auto proof = std::find_if(quantised.proofs.begin(), quantised.proofs.end(),
                                  [&](const SumProof& p) { return p.layer == layer.name; });
  if (proof != quantised.proofs.end())
    reported.sum_proof = {proof->bound_bits, proof->limit_bits, proof->weight_bits, proof->input_bits};
  return reported;
}

}  // namespace

Result<PlanReport> make_report(const PlanJob& job, const std::string& design_hash) {
  const PlanState& state = job.state;
  const Design& design = state.final_design();
  const DesignTable& table = state.measured->table;
  PlanReport report;
  report.model = job.options.model.filename().string();
  report.design_hash = design_hash;
  report.command = job.options.command;
  report.bits = design.network.input_bits;
  report.calibration_images = job.calibration_count;
  report.agreement_images = state.checked->images;
  report.agreement_share = static_cast<double>(state.checked->same_top1) / static_cast<double>(state.checked->images);
  report.quantisation_method = state.quantised->trials[state.quantised->best].name;
  for (const QuantiseTrial& trial : state.quantised->trials)
    report.quantisation_trials.push_back({trial.name, trial.divergence});
  report.kernels = design.netlist.kernels.size();
  for (const Kernel& kernel : design.netlist.kernels) report.multipliers += multipliers(design.netlist, kernel);
  report.row_images = state.measured->images;
  report.is_held_out = state.measured->is_held_out;
  report.labelled_images = state.measured->of_float.pictures;
  report.float_right_images = state.measured->of_float.right;
  const auto& target = job.options.target;
  const ResourceModel model =
      SLUICE_TRY(target ? Result<ResourceModel>(target->model) : common_model(job.options.hls_factor));
  DesignEstimate estimate = estimate_design(design, table, model);
  report.estimated = std::move(estimate.rate);
  if (target) report.estimated.target = target_of(job, estimate.total, report.estimated.cycles_per_image);
  if (const auto& sizing = state.design->built.sizing) {
    std::vector<double> of_rows;
    for (const std::size_t r : state.measured->built) of_rows.push_back(sizing->interval_cycles[r]);
    report.simulated = {sizing->pictures, std::move(of_rows), sizing->tolerance, sizing->ram_blocks};
  }
  for (std::size_t i = 0; i < design.network.layers.size(); ++i) {
    report.layers.push_back(layer_of(state, i, estimate.layers[i]));
    report.macs_per_image += report.layers.back().macs;
  }
  report.phase_seconds = job.phase_seconds;
  return report;
}

}  // namespace sluice
