// SPDX-License-Identifier: Apache-2.0
// Divergence of class probabilities: how far one row of scores is from another, smoothly.
//
// Why: a changed first class on a few hundred pictures is too coarse to compare small errors by. The Kullback-Leibler
// divergence of the softmax sees each of them, and most where classes are close. For small errors it is quadratic in
// them, so the divergences of independent errors add up.
//
// Before: one score a class, in the model's own unit. After: nats, never negative but for rounding.
#pragma once

#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

std::vector<double> log_probabilities(std::vector<double> scores);

// From `wanted` to `got`, both logarithms of probabilities.
double divergence(const std::vector<double>& wanted, const std::vector<double>& got);

// Codes of the network's last layer as logarithms of probabilities.
template <typename Codes>
std::vector<double> log_probabilities_of(const IntegerNetwork& network, const Codes& codes) {
  std::vector<double> scores;
  for (std::size_t c = 0; c < codes.size(); ++c)
    scores.push_back(network.layers.back().real_value(codes[c], static_cast<int>(c)));
  return log_probabilities(std::move(scores));
}

}  // namespace sluice
