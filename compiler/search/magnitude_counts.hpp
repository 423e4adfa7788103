// SPDX-License-Identifier: Apache-2.0
// MagnitudeCounts: how often each magnitude of a code occurs, and the threshold that leaves out a share of them.
//
// Why: layers' scales differ by orders of magnitude, so thresholds are chosen as quantiles (hass.md section 3.1). The
// quantiles are those of the *non-zero* magnitudes: zeros are free and would shift them.
//
// Before: codes within +-limit, or counted as limit + 1. After: see each function.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/evaluate/evaluator.hpp"

namespace sluice::search {

class MagnitudeCounts {
 public:
  explicit MagnitudeCounts(int limit) : counts_(std::size_t(limit) + 2, 0) {}

  void add(int code);
  void add(const MagnitudeCounts& other);
  // Smallest threshold under which at least `share` of the non-zero codes lie; 0 for share 0. Never above the largest
  // code, so a layer whose codes are all alike (a 0/1 shortcut) keeps them.
  int threshold(double share) const;
  // Share of the non-zero codes below the threshold.
  double share_below(int threshold) const;

 private:
  std::int64_t total() const;

  std::vector<std::int64_t> counts_;  // by magnitude; zeros are left out
};

// Of every convolution's input over the pictures, without thresholds; empty for what reads the picture.
std::vector<MagnitudeCounts> input_magnitudes(const IntegerNetwork& network,
                                              const std::vector<std::vector<std::int16_t>>& pictures);
std::vector<MagnitudeCounts> weight_magnitudes(const IntegerNetwork& network);

}  // namespace sluice::search
