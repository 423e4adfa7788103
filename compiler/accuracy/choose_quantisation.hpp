// SPDX-License-Identifier: Apache-2.0
// choose_quantisation: which way of quantising serves this network, by trying them.
//
// Why: no rule serves all. Squared error favours the many small values, percentiles cut what one network cannot miss,
// the largest value wastes codes on an outlier. Equalised channels help 8 bits and cut a little beyond the calibration
// pictures, which 16 bits need not pay. What counts is what the scores lose, and the evaluator tells it in a second.
// The idea: every candidate is quantised and run on calibration pictures. The one whose class probabilities are nearest
// to those of float wins (mean Kullback-Leibler divergence; it sees what a flip of the first class on few pictures does
// not).
//
// Before: at least one form and one picture, with the float scores of each picture. After: the best candidate, and all
// figures.
#pragma once

#include <string>
#include <vector>

#include "compiler/quantise/quantise.hpp"
#include "runtime/images/fitted_pictures.hpp"

namespace sluice {

// The float network as it is, or equalised.
struct FloatForm {
  std::string name;       // empty for the network as it is
  Statistics statistics;  // of the values times their gains
  ChannelGains gains;
};

struct QuantiseTrial {
  std::string name;
  double divergence = 0;  // mean over pictures, nats
};

struct ChosenQuantisation {
  Quantised quantised;
  QuantiseOptions options;  // of the best: one method
  std::size_t form = 0;     // of the best
  std::size_t best = 0;
  std::vector<QuantiseTrial> trials;
};

// From float to integer scores, over pictures, nats.
Result<double> mean_divergence(const IntegerNetwork& network, const FittedPictures& pictures,
                               const std::vector<std::vector<float>>& scores);

// options.method: a method, or RangeMethod::best for all of them, each on every form.
Result<ChosenQuantisation> choose_quantisation(const ir::Graph& graph, const std::vector<FloatForm>& forms,
                                               const std::vector<std::string>& labels, const QuantiseOptions& options,
                                               const FittedPictures& pictures,
                                               const std::vector<std::vector<float>>& scores);

}  // namespace sluice
