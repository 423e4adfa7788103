// SPDX-License-Identifier: Apache-2.0
// Ranks by counting the weights that come before (see prefix.hpp).
#include "runtime/bundle/prefix.hpp"

#include <cstdlib>

namespace sluice {

int prefix_rank(const Layer& layer, const Prefix& prefix, int filter, std::size_t place) {
  const std::size_t window = layer.weights.size() / std::size_t(layer.output.channels);
  const auto magnitude = [&](int f) { return std::abs(int{layer.weights[std::size_t(f) * window + place]}); };
  const int filters_per_pass = prefix.filters * prefix.multipliers;
  const int first = filter / filters_per_pass * filters_per_pass + filter % prefix.multipliers;
  int rank = 0;
  for (int other = first; other < first + filters_per_pass; other += prefix.multipliers) {
    rank += magnitude(other) > magnitude(filter) || (magnitude(other) == magnitude(filter) && other < filter);
  }
  return rank;
}

std::vector<std::int16_t> prefix_weights(const Layer& layer, const Prefix& prefix) {
  std::vector<std::int16_t> weights = layer.weights;
  if (prefix.k == 0) return weights;
  const std::size_t window = weights.size() / std::size_t(layer.output.channels);
  for (std::size_t at = 0; at < weights.size(); ++at) {
    if (prefix_rank(layer, prefix, static_cast<int>(at / window), at % window) >= prefix.k) weights[at] = 0;
  }
  return weights;
}

}  // namespace sluice
