// SPDX-License-Identifier: Apache-2.0
// WindowFit: do the kernels that make windows of a map, and lists or tiles of windows, have the numbers of their layer?
#pragma once

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

class WindowFit : public KernelFit {
 public:
  using KernelFit::KernelFit;

  static bool knows(const Kernel& kernel);
  // Before: a kernel that it knows.
  Status check(const Layer& layer) const;

 private:
  Status check_window(const Layer& layer) const;
  Status check_taps(const Layer& layer) const;
  // Pixels of an input beat, and taps of an output beat.
  Status check_window_beats(const Layer& layer) const;
  Status check_compactor(const Layer& layer) const;
  Status check_tile(const Layer& layer) const;
  Status check_replay(const Layer& layer) const;
};

}  // namespace sluice
