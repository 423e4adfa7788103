// SPDX-License-Identifier: Apache-2.0
// See loss_scale.hpp.
#include "compiler/search/loss_scale.hpp"

#include <algorithm>

#include "compiler/search/monotone.hpp"

namespace sluice::search {
namespace {

constexpr double kFirst = 1e-4, kRatio = 1.6;  // nats a layer and kind; from one step to the next
constexpr std::size_t kMostSteps = 20;
constexpr double kFarEnough = 8;  // points

// The level that leaves out most within the divergence; -1: none.
const LossLevel* farthest(const std::vector<LossLevel>& levels, double most) {
  const LossLevel* far = nullptr;
  for (const LossLevel& level : levels) {
    if (level.divergence <= most) far = &level;
  }
  return far;
}

}  // namespace

double LossScale::nats(double points) const {
  double nats = 0, reached = 0;
  for (const Step& step : steps) {
    if (step.points > points) return nats + (step.nats - nats) * (points - reached) / (step.points - reached);
    nats = step.nats, reached = step.points;
  }
  return nats;
}

LossScale measured_scale(const LossTable& table, const LossMeter& meter) {
  LossScale scale;
  double most = kFirst;
  for (std::size_t s = 0; s < kMostSteps; ++s, most *= kRatio) {
    LossScale::Step step;
    std::vector<Thresholds> thresholds(table.layers.size());
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
      if (const LossLevel* w = farthest(table.layers[i].weights, most))
        thresholds[i].weight = w->thresholds.weight, step.nats += w->divergence;
      if (const LossLevel* a = farthest(table.layers[i].activations, most))
        thresholds[i].activation = a->thresholds.activation, step.nats += a->divergence;
    }
    if (!scale.steps.empty() && step.nats <= scale.steps.back().nats) continue;
    step.measured = meter.measure(thresholds);
    scale.steps.push_back(step);
    if (step.measured.points > kFarEnough) break;
  }
  std::vector<double> points;
  for (const LossScale::Step& step : scale.steps) points.push_back(std::max(0.0, step.measured.points));
  points = monotone(points);
  for (std::size_t s = 0; s < points.size(); ++s) scale.steps[s].points = points[s];
  return scale;
}

}  // namespace sluice::search
