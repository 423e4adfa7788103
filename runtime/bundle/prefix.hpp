// SPDX-License-Identifier: Apache-2.0
// Prefix: which weights the grouped-prefix engine multiplies, the one definition for packing, reference and evaluator.
//
// Why: the engine stores each multiplier's weights by magnitude and stops after k of them. Whoever computes its result
// must leave out the same ones. The definition: filters come in passes of filters * multipliers; multiplier o of a pass
// owns every multipliers-th filter from its o-th on. At each place of the window (kernel row, kernel column, channel)
// the weights of one multiplier's filters are ranked by descending magnitude, *among equals the lower filter first*. A
// row multiplies the ranks below k.
//
// Before: filters * multipliers divides the layer's filters. After: ranks 0..filters-1, each once per multiplier and
// place.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/bundle/network.hpp"

namespace sluice {

struct Prefix {
  int k = 0;            // ranks that count; 0: every weight does
  int filters = 0;      // G: filters of one multiplier
  int multipliers = 0;  // O

  bool operator==(const Prefix&) const = default;
};

// Rank of the weight of `filter` at `place` of its window; prefix.k does not matter.
int prefix_rank(const Layer& layer, const Prefix& prefix, int filter, std::size_t place);

// The layer's weights, those outside the prefix as 0.
std::vector<std::int16_t> prefix_weights(const Layer& layer, const Prefix& prefix);

}  // namespace sluice
