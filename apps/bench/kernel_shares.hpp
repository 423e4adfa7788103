// SPDX-License-Identifier: Apache-2.0
// KernelShares: where the time of a run went, by kind of kernel.
//
// Why: a design whose multipliers wait for what feeds them is slow for another reason than one that multiplies all the
// time. Before: kernel times from the begin and the end of a run, of the same device. After: seconds of the run.
#pragma once

#include <vector>

#include "runtime/hal/device.hpp"

namespace sluice::bench {

struct KernelShares {
  double convolution_s = 0;  // multiplier arrays
  double window_s = 0;       // line buffers of convolutions: feeding the arrays
  double other_s = 0;        // everything else: pools, additions, forks, source, sink
  std::vector<KernelTime> slowest;

  double total() const { return convolution_s + window_s + other_s; }
  // A board knows only the kernels that its host launches; they say nothing about layers.
  bool knows_layers() const { return convolution_s > 0; }
};

KernelShares kernel_shares(const std::vector<KernelTime>& before, std::vector<KernelTime> now);

}  // namespace sluice::bench
