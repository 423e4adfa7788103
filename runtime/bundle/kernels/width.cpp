// SPDX-License-Identifier: Apache-2.0
// The record of width.cl: beats of other lanes.
#include <fmt/format.h>

#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const int wider = std::max(fit.in().lanes, fit.out().lanes), narrower = std::min(fit.in().lanes, fit.out().lanes);
  SLUICE_CHECK(fit.equal("lanes left over between " + fit.in().name + " and " + fit.out().name, wider % narrower, 0));
  const int from = fit.producer(0);
  const IntegerNetwork& network = fit.network();
  const int channels =
      from == kNetworkInput ? network.input.channels : network.layers[std::size_t(from)].output.channels;
  SLUICE_CHECK(fit.equal(fmt::format("channels left over in {} lanes for layer {}", wider, fit.layer().name),
                         channels % wider, 0));
  return fit.carries(fit.out(), fit.in().beats * fit.in().lanes, fit.in().element_bits);
}

}  // namespace

const KernelRecord& width_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{},
      .role = Role::carries,
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
