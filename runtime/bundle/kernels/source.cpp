// SPDX-License-Identifier: Apache-2.0
// The record of source.cl: the pictures' way in.
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

// Beats of several pixels hold all their channels.
Status check(const KernelFit& fit) {
  const IntegerNetwork& network = fit.network();
  const int channels = network.input.channels, lanes = fit.out().lanes;
  if (lanes <= channels) return fit.carries_map(fit.out(), network.input, network.input_bits);
  SLUICE_CHECK(fit.equal("channels left over on " + fit.out().name, lanes % channels, 0));
  SLUICE_CHECK(fit.equal("pixels left over on " + fit.out().name, network.input.width % (lanes / channels), 0));
  return fit.carries(fit.out(), network.input.size(), network.input_bits);
}

}  // namespace

const KernelRecord& source_record() {
  static const KernelRecord record{
      .inputs = 0,
      .outputs = 1,
      .numbers = std::vector<Number>{},
      .role = Role::end,
      .computes = std::nullopt,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
