// SPDX-License-Identifier: Apache-2.0
// See design_options.hpp.
#include "compiler/search/design_options.hpp"

#include <algorithm>

#include "runtime/base/parallel.hpp"
#include "runtime/bundle/netlist_index.hpp"
#include "runtime/evaluate/counters.hpp"
#include "runtime/simulate/layer_cycles.hpp"

namespace sluice::search {
namespace {

constexpr int kSteps = 4;               // from one level to the next, where an engine obeys one kind of threshold
constexpr double kLeastSaving = 0.002;  // of a layer's cycles; less is no option

// Levels with steps between them, whose losses lie on the line between their neighbours': a layer that just misses an
// interval shall not leave out a whole level more.
std::vector<LossLevel> with_steps(const std::vector<LossLevel>& levels, int Thresholds::*part) {
  std::vector<LossLevel> all;
  LossLevel before;
  before.thresholds.*part = 1;  // leaves out nothing
  for (const LossLevel& level : levels) {
    const int from = before.thresholds.*part, to = level.thresholds.*part;
    for (int s = 1; s < kSteps; ++s) {
      LossLevel step = level;
      step.thresholds.*part = from + (to - from) * s / kSteps;
      if (step.thresholds.*part <= (all.empty() ? 1 : all.back().thresholds.*part)) continue;
      step.divergence = before.divergence + (level.divergence - before.divergence) *
                                                double(step.thresholds.*part - from) / double(to - from);
      all.push_back(step);
    }
    all.push_back(level);
    before = level;
  }
  return all;
}

// All that the engine obeys, the empty one first; cycles are not known yet.
std::vector<LayerOption> all_options(const Kernel& engine, const Prefix& prefix, const LayerLosses& losses) {
  std::vector<LayerOption> weight_options{{}};
  const auto append = [&](const LossLevel& level, const Thresholds& thresholds) {
    weight_options.push_back({thresholds, level.divergence, 0});
  };
  const bool obeys_weights = obeys_weight_threshold(engine.kind), obeys_codes = obeys_activation_threshold(engine.kind);
  const bool obeys_both = obeys_weights && obeys_codes;
  if (obeys_weights)
    for (const LossLevel& level : obeys_both ? losses.weights : with_steps(losses.weights, &Thresholds::weight))
      append(level, level.thresholds);
  if (obeys_prefix(engine.kind)) {
    for (const LossLevel& level : losses.ranks) {
      Thresholds thresholds = level.thresholds;
      thresholds.prefix.multipliers = prefix.multipliers;
      if (thresholds.prefix.filters == prefix.filters) append(level, thresholds);
    }
  }
  std::vector<LayerOption> options = weight_options;
  if (!obeys_codes) return options;
  const bool is_alone = weight_options.size() == 1;
  for (const LossLevel& level :
       is_alone ? with_steps(losses.activations, &Thresholds::activation) : losses.activations) {
    for (LayerOption option : weight_options) {
      option.thresholds.activation = level.thresholds.activation;
      option.loss += level.divergence;
      options.push_back(option);
    }
  }
  return options;
}

// Mean cycles of every layer under these thresholds, each layer as if it alone had any.
std::vector<double> layer_cycles(const Design& design, const simulate::LayerCycles& cycles, const Evaluator& evaluator,
                                 const std::vector<PictureMaps>& maps, const std::vector<Thresholds>& thresholds) {
  const CounterModel model(design, thresholds);
  std::vector<std::vector<double>> picture_cycles(maps.size());
  parallel_each(maps.size(),
                [&](std::size_t p) { picture_cycles[p] = cycles.layers(model.count(evaluator, maps[p])); });
  std::vector<double> mean(design.network.layers.size());
  for (const auto& one : picture_cycles)
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += one[i] / double(maps.size());
  return mean;
}

}  // namespace

std::vector<LayerOption> option_front(std::vector<LayerOption> options) {
  std::stable_sort(options.begin() + 1, options.end(), [](const LayerOption& a, const LayerOption& b) {
    return a.loss != b.loss ? a.loss < b.loss : a.cycles < b.cycles;
  });
  std::vector<LayerOption> front;
  for (const LayerOption& option : options) {
    if (front.empty() || option.cycles < front.back().cycles * (1 - kLeastSaving)) front.push_back(option);
  }
  return front;
}

Result<DesignOptions> design_options(const Design& design, const LossTable& table, const Pictures& pictures) {
  const simulate::LayerCycles cycles(design);
  const NetlistIndex index(design.netlist);
  const std::size_t layers = design.network.layers.size();
  DesignOptions all{std::vector<std::vector<LayerOption>>(layers), cycles.floor(), "streams"};
  std::size_t most = 0;
  for (std::size_t i = 0; i < layers; ++i) {
    const Kernel* engine = index.sparse_engine(int(i));
    if (engine) all.layers[i] = all_options(*engine, index.prefix(int(i)), table.layers[i]);
    most = std::max(most, all.layers[i].size());
  }
  const Evaluator evaluator(design.network);
  std::vector<PictureMaps> maps(pictures.size());
  parallel_each(pictures.size(), [&](std::size_t p) { maps[p] = evaluator.evaluate(pictures[p]); });
  for (std::size_t option = 0; option < std::max<std::size_t>(1, most); ++option) {
    std::vector<Thresholds> thresholds(layers);
    for (std::size_t i = 0; i < layers; ++i)
      if (option < all.layers[i].size()) thresholds[i] = all.layers[i][option].thresholds;
    const std::vector<double> taken = layer_cycles(design, cycles, evaluator, maps, thresholds);
    for (std::size_t i = 0; i < layers; ++i) {
      if (option < all.layers[i].size()) all.layers[i][option].cycles = taken[i];
      const bool is_fixed = all.layers[i].size() <= 1;
      if (option == 0 && is_fixed && taken[i] >= all.fixed_cycles)
        all.fixed_cycles = taken[i], all.fixed_part = design.network.layers[i].name;
    }
  }
  for (std::vector<LayerOption>& options : all.layers)
    options = options.size() > 1 ? option_front(options) : std::vector<LayerOption>();
  return all;
}

}  // namespace sluice::search
