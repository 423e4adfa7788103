// SPDX-License-Identifier: Apache-2.0
// The pipeline clock (see pipeline_clock.hpp).
#include "runtime/drivers/sim/pipeline_clock.hpp"

#include <algorithm>

namespace sluice {

double PipelineClock::pass(double arrival_cycles, const std::vector<double>& layer_cycles) {
  free_at_.resize(layer_cycles.size(), 0.0);
  double begin = arrival_cycles;
  for (std::size_t l = 0; l < layer_cycles.size(); ++l) {
    begin = std::max(begin, free_at_[l]);
    free_at_[l] = begin + layer_cycles[l];
    left_at_ = std::max(left_at_, free_at_[l]);
  }
  left_at_ = std::max(left_at_, begin);
  return left_at_;
}

}  // namespace sluice
