// SPDX-License-Identifier: Apache-2.0
// See global_greedy.hpp.
#include "compiler/search/global_greedy.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace sluice::search {
namespace {

double input_scale(const IntegerNetwork& network, const Layer& layer) {
  return layer.inputs[0] == kNetworkInput ? network.input_scale
                                          : network.layers[std::size_t(layer.inputs[0])].output_scale;
}

// Real value of a weight code: what requantisation makes of one product, over the scale of the activation in it.
double weight_scale(const IntegerNetwork& network, const Layer& layer) {
  double sum = 0;
  for (const std::uint16_t multiplier : layer.multiplier) sum += std::log2(std::max<double>(1, multiplier));
  const double factor = std::exp2(sum / double(std::max<std::size_t>(1, layer.multiplier.size())) - layer.shift);
  return factor * layer.code_scale() / input_scale(network, layer);
}

// A ladder of real thresholds for the whole network, and how far each layer goes under one.
class GlobalLadder {
 public:
  GlobalLadder(const IntegerNetwork& network, const std::vector<LayerLevels>& levels, int Thresholds::*part,
               int Allowance::*step)
      : step_(step), steps_(levels.size()) {
    std::vector<double> all;
    for (std::size_t l = 0; l < levels.size(); ++l) {
      const Layer& layer = network.layers[l];
      if (layer.kind != LayerKind::conv) continue;
      const double scale = part == &Thresholds::weight ? weight_scale(network, layer) : input_scale(network, layer);
      for (const ThresholdLevel& level : levels[l]) {
        if (level.thresholds.*part == 0 || level.group > 0) continue;
        steps_[l].emplace_back(scale * level.thresholds.*part, level.step.*step);
        all.push_back(steps_[l].back().first);
      }
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    const std::size_t count = std::min(all.size(), kGlobalSteps);
    for (std::size_t i = 1; i <= count; ++i) thresholds_.push_back(all[i * all.size() / count - 1]);
  }

  std::size_t size() const { return thresholds_.size(); }

  // `position`: of the ladder, 0 for none.
  void apply(std::size_t position, std::vector<Allowance>& allowances) const {
    for (std::size_t l = 0; l < steps_.size(); ++l) {
      int step = 0;
      for (const auto& [threshold, of_level] : steps_[l])
        if (position > 0 && threshold <= thresholds_[position - 1]) step = std::max(step, of_level);
      allowances[l].*step_ = step;
    }
  }

 private:
  int Allowance::*step_;
  std::vector<std::vector<std::pair<double, int>>> steps_;  // by layer: real threshold, step
  std::vector<double> thresholds_;
};

}  // namespace

std::vector<GreedyStep> greedy_thresholds(const IntegerNetwork& network, const std::vector<LayerLevels>& levels,
                                          const TrialCost& cost, const LossMeter& meter, double most_points) {
  const GlobalLadder weights(network, levels, &Thresholds::weight, &Allowance::weights);
  const GlobalLadder activations(network, levels, &Thresholds::activation, &Allowance::activations);
  const auto step_at = [&](std::size_t w, std::size_t a) {
    GreedyStep step;
    step.allowances.resize(levels.size());
    weights.apply(w, step.allowances);
    activations.apply(a, step.allowances);
    step.costed = cost(step.allowances);
    if (step.costed.fits) step.loss = meter.measure(step.costed.thresholds);
    return step;
  };
  std::vector<GreedyStep> steps{step_at(0, 0)};
  if (!steps[0].costed.fits) return {};
  std::size_t w = 0, a = 0;
  while (w < weights.size() || a < activations.size()) {
    const GreedyStep before = steps.back();
    std::optional<GreedyStep> best;
    double best_price = 0;
    bool is_best_weights = false;
    for (const bool is_weights : {true, false}) {
      if (is_weights ? w == weights.size() : a == activations.size()) continue;
      GreedyStep step = step_at(w + is_weights, a + !is_weights);
      if (!step.costed.fits || step.loss.points > most_points) continue;
      // Points for cycles; a move that saves none is tried last: it may be needed for the next one.
      const double saved = before.costed.cost - step.costed.cost;
      const double price = saved > 0 ? (step.loss.points - before.loss.points) / saved : 1e9 + step.loss.points;
      if (!best || price < best_price) best = std::move(step), best_price = price, is_best_weights = is_weights;
    }
    if (!best) break;
    (is_best_weights ? w : a) += 1;
    steps.push_back(std::move(*best));
  }
  return steps;
}

}  // namespace sluice::search
