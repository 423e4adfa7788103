// SPDX-License-Identifier: Apache-2.0
// EngineFit: do convolution engines, their copies and the requantisers behind them have the numbers of their layer?
//
// The idea: an engine's sums or codes go on to kernels that take them for what they are, so a number that changes what
// travels (copies, ranks, tiles, sums) is compared with the kernel on the other side of the stream.
#pragma once

#include "runtime/bundle/kernel_fit.hpp"

namespace sluice {

class EngineFit : public KernelFit {
 public:
  using KernelFit::KernelFit;

  // Bits of an element that a layer's engine sends.
  static int bits_sent_by(const Kernel& kernel, const Layer& layer) { return sends_sums(kernel) ? 32 : layer.output_bits; }

  Status check_convolution(const Layer& layer) const;
  // Sums of its layer's engine come in, codes of the layer's map leave.
  Status check_requantise(const Layer& layer) const;
  // A pixel's beats go to the copies in turn; every copy gets at least one pixel.
  Status check_deal(const Layer& layer) const;
  // Port by port the results of one deal kernel's copies.
  Status check_gather(const Layer& layer) const;

 private:
  // Parameters find a copy by the ids of its kernels: the last copy's stand first, without gap.
  Status check_copy_ids() const;
  // The kernel on the other side of a stream, or behind the gather kernel that stands there.
  const Kernel& engine_before(int stream) const;
  const Kernel& reader_behind(int stream) const;
  // Sums reach the requantisers of their own layer, and nobody else.
  Status check_sums() const;
  // The lists come from a compactor that sends each of them once per pass, for as many ranks as the engine has.
  Status check_lists(int ranks) const;
};

}  // namespace sluice
