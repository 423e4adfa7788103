// SPDX-License-Identifier: Apache-2.0
// PipelineClock: when each image leaves a pipeline that takes one every `interval` cycles and holds each for `latency`.
//
// Why: the simulated device must answer at the rate of the design, not of this machine, also where images do not come
// at once. The idea: an image leaves its latency after it was offered, or its interval after the one before, whichever
// is later:
//
//   left[i] = max(offered[i] + latency[i], left[i - 1] + interval[i])
//
// Both figures come from the cycle simulator (row_timing.hpp). Before: 0 < interval <= latency. After: times never
// decrease.
#pragma once

#include <algorithm>

namespace sluice {

class PipelineClock {
 public:
  // Returns when the image leaves.
  double pass(double offered_cycles, double interval_cycles, double latency_cycles) {
    left_at_ = std::max(offered_cycles + latency_cycles, left_at_ + interval_cycles);
    return left_at_;
  }

 private:
  double left_at_ = 0;
};

}  // namespace sluice
