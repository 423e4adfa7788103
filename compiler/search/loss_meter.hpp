// SPDX-License-Identifier: Apache-2.0
// LossMeter: what a whole set of thresholds loses on the search pictures, measured.
//
// Why: a loss table says what layers lose alone; together they may lose more or less. Whatever is chosen by sums is
// measured before it is believed.
//
// Before: network and samples outlive this; at least one sample. After: const; the same on any number of threads.
#pragma once

#include "compiler/measure/rows.hpp"
#include "runtime/evaluate/evaluator.hpp"

namespace sluice::search {

struct MeasuredLoss {
  double divergence = 0;                   // mean, nats, from the network without thresholds
  double changed = 0;                      // share of the pictures with another first class than without thresholds
  double points = 0;                       // top-1 points lost against float, paired
  double points_low = 0, points_high = 0;  // 95 %

  bool operator==(const MeasuredLoss&) const = default;
};

// Of one picture.
struct SampleLoss {
  double divergence = 0;
  int top_class = 0;
  int lost = 0;  // 1: only float is right, -1: only the thresholds are
};

class LossMeter {
 public:
  LossMeter(const IntegerNetwork& network, const std::vector<RowSample>& samples);

  MeasuredLoss measure(const std::vector<Thresholds>& thresholds) const;

  // The same in parts. `samples`: indices; summary() of all of them, in any order, is measure().
  std::size_t pictures() const { return samples_.size(); }
  Evaluator evaluator(const std::vector<Thresholds>& thresholds) const { return natural_.with_thresholds(thresholds); }
  std::vector<SampleLoss> losses(const Evaluator& evaluator, const std::vector<std::size_t>& samples) const;
  // Log probability of the first class without thresholds.
  double certainty(std::size_t sample) const { return wanted_[sample][std::size_t(classes_[sample])]; }
  MeasuredLoss summary(const std::vector<std::size_t>& samples, const std::vector<SampleLoss>& losses) const;

 private:
  const IntegerNetwork& network_;
  const std::vector<RowSample>& samples_;
  const Evaluator natural_;
  std::vector<std::vector<double>> wanted_;  // log probabilities without thresholds
  std::vector<int> classes_;                 // first classes without thresholds
};

}  // namespace sluice::search
