// SPDX-License-Identifier: Apache-2.0
// See baselines.hpp.
#include "compiler/driver/baselines.hpp"

#include <fmt/format.h>

#include "compiler/driver/design_builder.hpp"
#include "compiler/driver/explore_design.hpp"
#include "compiler/driver/measuring_samples.hpp"
#include "compiler/driver/trial_options.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/pipeline/netlist_builder.hpp"
#include "compiler/search/global_greedy.hpp"
#include "compiler/search/trial_design.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"

namespace sluice {
namespace {

using nlohmann::json;

class Measurer {
 public:
  Measurer(PlanJob& job, std::vector<RowSample> searched, std::vector<RowSample> held_out, MeasuredMenus menus)
      : job_(job),
        network_(job.state.quantised->network),
        searched_(std::move(searched)),
        held_out_(std::move(held_out)),
        menus_(std::move(menus)),
        meter_(network_, searched_) {}

  Result<std::vector<Baseline>> run() {
    const Target& target = *job_.options.target;
    auto dense = explored(network_menus(network_, target.model, {KernelKind::conv_dense}));
    if (!dense && !dense.no_design()) return dense.error();
    if (dense) SLUICE_CHECK(add("dense", "dense engines alone", dense->configs, {}, false));
    auto natural = explored(menus_.menus);
    if (natural.no_design()) return std::move(all_);
    const NetworkDesign design = SLUICE_TRY(std::move(natural));
    SLUICE_CHECK(add("natural zeros",
                     "the fastest design for the zeros that pictures have by themselves, no thresholds", design.configs,
                     {}, false));
    Resources between = design.resources.total;
    between += design.exploration.total * -1;
    for (const Limit& limit : kLimitTable) between.*limit.part = std::max(0.0, between.*limit.part);
    const double most_natural = job_.state.chosen->hardware->densest_limit;
    TrialExplorer explorer(
        menus_.menus, menus_.levels, target.budget,
        {between, memory_cycles(memory_bytes_per_image(network_), target.memory_bytes_per_cycle), most_natural});
    const search::TrialCost cycles = search::hardware_cost(explorer, menus_.menus, menus_.levels);
    const double points = job_.options.most_loss_points;
    const auto steps = search::greedy_thresholds(network_, menus_.levels, cycles, meter_, points);
    if (!steps.empty())
      SLUICE_CHECK(add_trial("global thresholds",
                             fmt::format("tau_w and tau_a for the whole network, {} greedy steps", steps.size() - 1),
                             steps.back().allowances, cycles, most_natural));
    search::RacingMeter racing(meter_, points, job_.options.seed);
    const search::TrialOptions trials =
        trial_options(job_, TrialPart::before_hardware, "software only " + job_.options.target->name);
    const search::ThresholdStudy study =
        SLUICE_TRY(search::study_thresholds("sparsity", search::sparsity_cost(network_, menus_.levels), explorer.most(),
                                            shares_of_all(explorer.most()), racing, trials));
    if (const search::ThresholdTrial* best = study.best(points))
      SLUICE_CHECK(add_trial("software only",
                             fmt::format("{} trials of the same sampler that see loss and average sparsity ({:.1f} %)",
                                         study.trials.size(), 100 * (1 - best->costed.cost)),
                             best->allowances, cycles, most_natural));
    return std::move(all_);
  }

 private:
  DesignResult<NetworkDesign> explored(const std::vector<LayerMenu>& menus) const {
    const Target& target = *job_.options.target;
    return design_network(network_, menus, menus_.densities, target.model, target.budget,
                          {0, target.memory_bytes_per_cycle, 1});
  }

  // A search without hardware begins with what it can know: nothing, and the same part of the way in every layer.
  static std::vector<std::vector<Allowance>> shares_of_all(const std::vector<Allowance>& most) {
    std::vector<std::vector<Allowance>> starts;
    for (const int eighths : {0, 1, 2, 3, 4}) {
      starts.emplace_back();
      for (const Allowance& all : most)
        starts.back().push_back({all.weights * eighths / 8, all.activations * eighths / 8});
    }
    return starts;
  }

  Status add_trial(const std::string& name, const std::string& how, const std::vector<Allowance>& allowances,
                   const search::TrialCost& cycles, double most_natural) {
    const search::CostedThresholds costed = cycles(allowances);
    if (!costed.fits) return ok();
    auto design = search::trial_design(network_, menus_.menus, menus_.levels, *job_.options.target, allowances,
                                       search::densest_share(costed.interval, most_natural));
    if (design.no_design()) return ok();
    if (!design) return design.error();
    std::vector<Thresholds> thresholds;
    for (std::size_t l = 0; l < menus_.levels.size(); ++l)
      thresholds.push_back(search::thresholds_within(menus_.levels[l], allowances[l]));
    return add(name, how, design->configs, {thresholds}, true);
  }

  Status add(const std::string& name, const std::string& how, const LayerConfigs& configs,
             const std::vector<std::vector<Thresholds>>& found, bool has_rows) {
    const PlanOptions& o = job_.options;
    Netlist netlist = SLUICE_TRY(build_netlist(network_, configs));
    const Design design{network_, std::move(netlist)};
    std::vector<search::FrontPoint> front(1);
    front[0].row = 0, front[0].thresholds.resize(network_.layers.size());
    if (has_rows) {
      search::RowSearchOptions options;
      options.most_points = o.most_loss_points;
      search::RowSearch rows =
          SLUICE_TRY(search::search_rows(design, job_.state.sensitivity->table, searched_, found, options,
                                         trial_options(job_, TrialPart::rows, design_to_json(design))));
      front = std::move(rows.front);
    }
    const std::vector<RowSample> sizing(searched_.begin(),
                                        searched_.begin() + std::ptrdiff_t(std::min(kSizingImages, searched_.size())));
    BuiltDesign built = SLUICE_TRY(build_design(network_, configs, front, o.rows.clock_mhz, sizing,
                                                o.sizing_percent_or_default() / 100, o.target));
    built.rows.design_hash = sha256_hex(design_to_json(built.design));
    const DesignTable table = measure_rows(built.design, built.rows, held_out_, o.rows);
    const Resources used = netlist_resources(network_, built.design.netlist, o.target->model).total;
    Baseline baseline{name, how, {}, used.dsp_blocks, used.multipliers};
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      const TableRow& row = table.rows[r];
      baseline.rows.push_back({row.loss_points, row.loss_low, row.loss_high, row.cycles_per_image,
                               built.sizing ? built.sizing->interval_cycles[r] : 0});
    }
    const BaselineRow& last = baseline.rows.back();
    job_.say(fmt::format("{}: {:.0f} cycles in its fastest of {} rows, estimated", name, last.estimated_cycles,
                         baseline.rows.size()));
    all_.push_back(std::move(baseline));
    return ok();
  }

  PlanJob& job_;
  const IntegerNetwork& network_;
  const std::vector<RowSample> searched_, held_out_;
  const MeasuredMenus menus_;
  const search::LossMeter meter_;
  std::vector<Baseline> all_;
};

}  // namespace

Result<std::vector<Baseline>> measured_baselines(PlanJob& job) {
  const PlanOptions& o = job.options;
  const IntegerNetwork& network = job.state.quantised->network;
  const FittedPictures pictures = SLUICE_TRY(job.calibration_pictures());
  const PictureCodes codes = SLUICE_TRY(picture_codes(network, pictures.first(kDensityImages)));
  MeasuredMenus menus =
      SLUICE_TRY(measured_menus(network, codes, *job.state.sensitivity, *o.target, o.engine, o.most_loss_points));
  std::vector<RowSample> searched = SLUICE_TRY(search_samples(job));
  std::vector<RowSample> held_out = SLUICE_TRY(measuring_samples(job));
  return Measurer(job, std::move(searched), std::move(held_out), std::move(menus)).run();
}

json baseline_to_json(const Baseline& baseline) {
  json rows = json::array();
  for (const BaselineRow& row : baseline.rows)
    rows.push_back({{"loss_points", row.loss_points},
                    {"loss_low", row.loss_low},
                    {"loss_high", row.loss_high},
                    {"estimated_cycles", row.estimated_cycles},
                    {"simulated_cycles", row.simulated_cycles}});
  return {{"name", baseline.name},
          {"how", baseline.how},
          {"dsp_blocks", baseline.dsp_blocks},
          {"multipliers", baseline.multipliers},
          {"rows", rows}};
}

Baseline baseline_from_json(const json& j) {
  Baseline baseline{j.at("name"), j.at("how"), {}, j.at("dsp_blocks"), j.at("multipliers")};
  for (const json& row : j.at("rows"))
    baseline.rows.push_back({row.at("loss_points"), row.at("loss_low"), row.at("loss_high"), row.at("estimated_cycles"),
                             row.at("simulated_cycles")});
  return baseline;
}

}  // namespace sluice
