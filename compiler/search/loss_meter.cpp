// SPDX-License-Identifier: Apache-2.0
// See loss_meter.hpp.
#include "compiler/search/loss_meter.hpp"

#include <algorithm>
#include <numeric>

#include "compiler/accuracy/divergence.hpp"
#include "runtime/base/parallel.hpp"
#include "runtime/base/top_k.hpp"

namespace sluice::search {

LossMeter::LossMeter(const IntegerNetwork& network, const std::vector<RowSample>& samples)
    : network_(network), samples_(samples), natural_(network), wanted_(samples.size()), classes_(samples.size()) {
  parallel_each(samples_.size(), [&](std::size_t s) {
    const auto scores = natural_.scores(samples_[s].codes);
    wanted_[s] = log_probabilities_of(network_, scores);
    classes_[s] = top_k(scores, 1)[0];
  });
}

MeasuredLoss LossMeter::measure(const std::vector<Thresholds>& thresholds) const {
  std::vector<std::size_t> all(samples_.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return summary(all, losses(evaluator(thresholds), all));
}

std::vector<SampleLoss> LossMeter::losses(const Evaluator& evaluator, const std::vector<std::size_t>& samples) const {
  std::vector<SampleLoss> losses(samples.size());
  parallel_each(samples.size(), [&](std::size_t i) {
    const RowSample& sample = samples_[samples[i]];
    const auto scores = evaluator.scores(sample.codes);
    SampleLoss& loss = losses[i];
    loss.divergence = divergence(wanted_[samples[i]], log_probabilities_of(network_, scores));
    loss.top_class = top_k(scores, 1)[0];
    const int truth = sample.true_class >= 0 ? sample.true_class : sample.float_class;
    loss.lost = int(sample.float_class == truth) - int(loss.top_class == truth);
  });
  return losses;
}

MeasuredLoss LossMeter::summary(const std::vector<std::size_t>& samples, const std::vector<SampleLoss>& losses) const {
  // In one order, whatever the order they were measured in: sums of doubles depend on it.
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return samples[a] < samples[b]; });
  const auto count = double(samples.size());
  std::int64_t only_float = 0, only_thresholds = 0, changed = 0;
  MeasuredLoss loss;
  for (const std::size_t i : order) {
    loss.divergence += losses[i].divergence;
    only_float += losses[i].lost > 0, only_thresholds += losses[i].lost < 0;
    changed += losses[i].top_class != classes_[samples[i]];
  }
  loss.divergence /= count;
  loss.changed = double(changed) / count;
  const Interval points = paired_difference(only_float, only_thresholds, std::int64_t(samples.size()));
  loss.points = 100 * points.value, loss.points_low = 100 * points.low, loss.points_high = 100 * points.high;
  return loss;
}

}  // namespace sluice::search
