// SPDX-License-Identifier: Apache-2.0
// The record of gather.cl: the codes of an engine's copies, in turn.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/copies_fit.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const Layer& layer = fit.layer();
  SLUICE_CHECK(fit.carries_map(fit.out(), layer.output, layer.output_bits));
  SLUICE_CHECK(fit.number(Number::channel_groups, layer.output.channels / fit.out().lanes));
  if (fit.kernel().inputs.size() < 2) return user_error("kernel {}: one copy needs no gather", fit.kernel().name);
  return check_copies_taken(fit, fit.out().lanes, layer.output_bits);
}

}  // namespace

const KernelRecord& gather_record() {
  static const KernelRecord record{
      .inputs = kAsCopies,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::copies, Number::pixels, Number::channel_groups},
      .role = Role::reassembles,
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
