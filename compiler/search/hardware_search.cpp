// SPDX-License-Identifier: Apache-2.0
// See hardware_search.hpp.
#include "compiler/search/hardware_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/measure/stream_depths.hpp"
#include "compiler/model/memory_traffic.hpp"
#include "compiler/search/allocation.hpp"
#include "compiler/search/trial_design.hpp"

namespace sluice::search {
namespace {

// Of the densest row's rate to that of the row explored for.
constexpr double kNaturalShares[] = {0.9, 0.8, 0.7, 0.6, 0.5, 0};
// Designs that are simulated before one is taken; the next ones are estimated to be worse by more than estimates err.
constexpr std::size_t kSimulated = 6;
// Where no dense design fits to compare with: of the best for natural zeros alone.
constexpr double kLeastOfNatural = 0.8;

// What the layers of a design may leave out, by the model.
DesignOptions estimated_options(const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
                                const NetworkDesign& design) {
  DesignOptions options;
  options.layers.resize(menus.size());
  for (std::size_t i = 0; i < menus.size(); ++i) {
    EngineShape shape = design.exploration.layers[i].shape;
    std::vector<LayerOption> all;
    for (const ThresholdLevel& level : levels[i]) {
      if (!level.is_for(shape.kind, shape.group)) continue;
      shape.prefix = std::max(1, int(std::ceil(shape.group * level.density.group_kept - 1e-9)));
      all.push_back({{}, level.loss, layer_time(shape, menus[i].spec.work, level.density).interval()});
    }
    options.fixed_cycles = std::max(options.fixed_cycles, all.size() > 1 ? 0 : all[0].cycles);
    if (all.size() > 1) options.layers[i] = option_front(std::move(all));
  }
  return options;
}

class Search {
 public:
  Search(const IntegerNetwork& network, const std::vector<LayerMenu>& menus, const std::vector<LayerLevels>& levels,
         const LossScale& scale, const Target& target, const HardwareOptions& options, const HardwareTrials& trials)
      : network_(network),
        menus_(menus),
        levels_(levels),
        target_(target),
        options_(options),
        trials_(trials),
        half_nats_(scale.nats(options.most_points / 2)),
        full_nats_(scale.nats(options.most_points)) {}

  DesignResult<HardwareSearch> run() {
    auto natural = explored(menus_, 1, 0);
    if (!natural) return natural.no_design() ? DesignResult<HardwareSearch>(*natural.no_design()) : natural.error();
    HardwareSearch search;
    Resources between = natural->resources.total;  // what the exploration of layers does not know
    between += natural->exploration.total * -1;
    for (const Limit& limit : kLimitTable) between.*limit.part = std::max(0.0, between.*limit.part);
    const double moved = memory_cycles(memory_bytes_per_image(network_), target_.memory_bytes_per_cycle);
    add(std::move(natural).value(), {1, 0}, search);
    search.natural_cycles = search.one_row_cycles = search.trials[0].rows.densest;
    search.design = designs_[0];
    if (options_.target_interval > 0) return search;
    search.densest_limit = search.natural_cycles / kLeastOfNatural;
    if (options_.is_free) {
      auto dense = explored(network_menus(network_, target_.model, {KernelKind::conv_dense}), 1, 0);
      if (!dense && !dense.no_design()) return dense.error();
      if (dense) search.densest_limit = dense->exploration.interval_cycles / options_.least_densest;
      if (dense && has_other_than_dense(search.design)) search.dense = std::move(dense).value();
    }
    for (const double nats : {half_nats_, full_nats_}) {
      if (nats <= 0) continue;
      for (const double share : kNaturalShares) {
        auto found = explored(menus_, share, nats);
        if (!found && !found.no_design()) return found.error();
        if (found) add(std::move(found).value(), {share, nats}, search);
      }
    }
    search.trial_goal = {between, moved, search.densest_limit};
    if (trials_.options.trials > 0) SLUICE_CHECK(study(search));
    SLUICE_CHECK(settle(search));
    return search;
  }

 private:
  DesignResult<NetworkDesign> explored(const std::vector<LayerMenu>& menus, double natural_share, double nats) const {
    Resources budget = target_.budget;
    budget.loss = nats;
    return design_network(network_, menus, levels_, target_.model, budget,
                          {options_.target_interval, target_.memory_bytes_per_cycle, natural_share});
  }

  static bool has_other_than_dense(const NetworkDesign& design) {
    return std::any_of(design.configs.begin(), design.configs.end(),
                       [](const LayerConfig& config) { return config.engine != KernelKind::conv_dense; });
  }

  EstimatedRows rows_of(const NetworkDesign& design) const {
    const std::vector<Allocation> family = all_allocations(estimated_options(menus_, levels_, design));
    const auto within = [&](double nats) {
      double cycles = family.front().cycles;
      for (const Allocation& one : family)
        if (one.loss <= nats) cycles = one.cycles;
      return cycles;
    };
    return {family.front().cycles, within(half_nats_), within(full_nats_)};
  }

  // Trials from the designs so far; the best of them as designs.
  Status study(HardwareSearch& search) {
    TrialExplorer explorer(menus_, levels_, target_.budget, search.trial_goal);
    RacingMeter meter(trials_.meter, options_.most_points, trials_.options.seed);
    const TrialCost cost =
        trials_.is_scalar ? scalar_cost(explorer, network_, menus_, levels_) : hardware_cost(explorer, menus_, levels_);
    search.study = SLUICE_TRY(study_thresholds(trials_.is_scalar ? "scalar" : "interval", cost, explorer.most(),
                                               search.starts, meter, trials_.options, trials_.is_scalar));
    const ThresholdTrial* before = nullptr;
    for (const double points : {options_.most_points / 2, options_.most_points}) {
      const ThresholdTrial* trial = search.study.best(points);
      if (!trial || trial == before) continue;
      before = trial;
      // As fast as the densest row's limit allows, and with a densest row as fast as that of the best design.
      const double slowest = densest_share(trial->costed.interval, search.densest_limit);
      for (const double share : {slowest, std::max(slowest, search.trials[search.taken].natural_share)}) {
        auto found = trial_design(network_, menus_, levels_, target_, trial->allowances, share);
        if (!found && !found.no_design()) return found.error();
        if (found) add(std::move(found).value(), {share, trial->costed.loss, true}, search, trial);
      }
    }
    return ok();
  }

  static double merit(const EstimatedRows& rows) { return rows.densest * rows.half_loss * rows.full_loss; }

  // Takes the best of the designs whose densest row keeps its limit: by the estimate, or, where there are pictures, by
  // simulation of those that are estimated best and of the one for natural zeros.
  Status settle(HardwareSearch& search) const {
    std::vector<std::size_t> order = best_estimated(search);
    if (options_.pictures.empty()) {
      search.taken = order.empty() ? 0 : order[0];
    } else {
      if (order.size() > kSimulated) order.resize(kSimulated);
      if (std::find(order.begin(), order.end(), 0) == order.end()) order.push_back(0);
      search.taken = 0;
      double best = std::numeric_limits<double>::infinity();
      for (const std::size_t t : order) {
        HardwareTrial& trial = search.trials[t];
        trial.simulated_densest = SLUICE_TRY(deep_interval_cycles({network_, designs_[t].netlist}, options_.pictures));
        const double wait = trial.simulated_densest / trial.rows.densest;  // in the other rows, too
        const double simulated = merit(trial.rows) * wait * wait * wait;
        if (trial.simulated_densest * (1 + options_.sizing_tolerance) > search.densest_limit || simulated >= best)
          continue;
        best = simulated, search.taken = t;
      }
    }
    search.design = designs_[search.taken];
    return ok();
  }

  // Designs within the densest row's limit, the best first, each once.
  std::vector<std::size_t> best_estimated(const HardwareSearch& search) const {
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < search.trials.size(); ++t) {
      const bool is_known = std::any_of(order.begin(), order.end(), [&](std::size_t other) {
        return designs_[other].configs == designs_[t].configs;
      });
      if (!is_known && search.trials[t].rows.densest <= search.densest_limit) order.push_back(t);
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return merit(search.trials[a].rows) < merit(search.trials[b].rows);
    });
    return order;
  }

  // Keeps the design, for now as the best where it is estimated so. `of`: the trial that it was explored for.
  void add(NetworkDesign design, HardwareTrial trial, HardwareSearch& search, const ThresholdTrial* of = nullptr) {
    trial.rows = rows_of(design), trial.kernels = design.netlist.kernels.size();
    if (of) {
      const double cycles = design.exploration.interval_cycles;
      trial.rows.full_loss = std::min(trial.rows.full_loss, cycles);
      if (of->raced.loss.points <= options_.most_points / 2)
        trial.rows.half_loss = std::min(trial.rows.half_loss, cycles);
    }
    std::vector<Allowance> start;
    for (std::size_t i = 0; i < levels_.size(); ++i)
      start.push_back(levels_[i][std::size_t(design.exploration.layers[i].level)].step);
    search.starts.push_back(std::move(start));
    search.trials.push_back(trial);
    if (trial.loss_budget > 0) search.one_row_cycles = std::min(search.one_row_cycles, trial.rows.full_loss);
    designs_.push_back(std::move(design));
    const bool is_first = search.trials.size() == 1;
    if (!is_first &&
        (trial.rows.densest > search.densest_limit || merit(trial.rows) >= merit(search.trials[search.taken].rows)))
      return;
    search.taken = search.trials.size() - 1;
  }

  const IntegerNetwork& network_;
  const std::vector<LayerMenu>& menus_;
  const std::vector<LayerLevels>& levels_;
  const Target& target_;
  const HardwareOptions& options_;
  const HardwareTrials& trials_;
  const double half_nats_, full_nats_;
  std::vector<NetworkDesign> designs_;  // of the trials
};

}  // namespace

DesignResult<HardwareSearch> search_hardware(const IntegerNetwork& network, const std::vector<LayerMenu>& menus,
                                             const std::vector<LayerLevels>& levels, const LossScale& scale,
                                             const Target& target, const HardwareOptions& options,
                                             const HardwareTrials& trials) {
  return Search(network, menus, levels, scale, target, options, trials).run();
}

}  // namespace sluice::search
