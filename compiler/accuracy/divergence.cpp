// SPDX-License-Identifier: Apache-2.0
// See divergence.hpp.
#include "compiler/accuracy/divergence.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {

std::vector<double> log_probabilities(std::vector<double> scores) {
  const double largest = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const double score : scores) sum += std::exp(score - largest);
  for (double& score : scores) score -= largest + std::log(sum);
  return scores;
}

double divergence(const std::vector<double>& wanted, const std::vector<double>& got) {
  double sum = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) sum += std::exp(wanted[i]) * (wanted[i] - got[i]);
  return sum;
}

}  // namespace sluice
