// SPDX-License-Identifier: Apache-2.0
// The record of sink.cl: the scores' way out.
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const Layer& last = fit.network().layers.back();
  SLUICE_CHECK(fit.equal("the layer that arrives", fit.producer(0), std::ssize(fit.network().layers) - 1));
  SLUICE_CHECK(fit.carries_map(fit.in(), last.output, last.output_bits));
  return fit.number(Number::beats, fit.in().beats);
}

}  // namespace

const KernelRecord& sink_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 0,
      .numbers = std::vector<Number>{Number::beats},
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
