// SPDX-License-Identifier: Apache-2.0
// See loss_meter.hpp.
#include "compiler/search/loss_meter.hpp"

#include <algorithm>
#include <numeric>

#include <tbb/parallel_for.h>

#include "compiler/accuracy/divergence.hpp"
#include "runtime/base/top_k.hpp"

namespace sluice::search {

LossMeter::LossMeter(const IntegerNetwork& network, const std::vector<RowSample>& samples)
    : network_(network), samples_(samples), natural_(network), wanted_(samples.size()), classes_(samples.size()) {
  tbb::parallel_for(std::size_t{0}, samples_.size(), [&](std::size_t s) {
    const auto scores = natural_.scores(samples_[s].codes);
    wanted_[s] = log_probabilities_of(network_, scores);
    classes_[s] = top_k(scores, 1)[0];
  });
}

MeasuredLoss LossMeter::measure(const std::vector<Thresholds>& thresholds) const {
  const Evaluator evaluator = natural_.with_thresholds(thresholds);
  std::vector<double> divergences(samples_.size());
  std::vector<int> classes(samples_.size());
  tbb::parallel_for(std::size_t{0}, samples_.size(), [&](std::size_t s) {
    const auto scores = evaluator.scores(samples_[s].codes);
    divergences[s] = divergence(wanted_[s], log_probabilities_of(network_, scores));
    classes[s] = top_k(scores, 1)[0];
  });
  const auto count = double(samples_.size());
  MeasuredLoss loss;
  loss.divergence = std::accumulate(divergences.begin(), divergences.end(), 0.0) / count;
  for (std::size_t s = 0; s < classes.size(); ++s) loss.changed += (classes[s] != classes_[s]) / count;
  const Interval points = paired_loss(samples_, classes);
  loss.points = 100 * points.value, loss.points_low = 100 * points.low, loss.points_high = 100 * points.high;
  return loss;
}

}  // namespace sluice::search
