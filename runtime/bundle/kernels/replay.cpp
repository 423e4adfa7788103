// SPDX-License-Identifier: Apache-2.0
// The record of replay.cl: a window again for every filter group of a copy.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const int replay = fit.value(Number::replay);
  if (replay < 1) return user_error("kernel {}: REPLAY is {}; 1 or more is possible", fit.kernel().name, replay);
  SLUICE_CHECK(fit.equal("lanes of " + fit.out().name, fit.out().lanes, fit.in().lanes));
  SLUICE_CHECK(fit.equal("beats left over on " + fit.in().name, fit.in().beats % fit.own_pixels(), 0));
  SLUICE_CHECK(fit.number(Number::steps, fit.in().beats / fit.own_pixels()));
  return fit.carries(fit.out(), fit.in().beats * fit.in().lanes * replay, fit.in().element_bits);
}

}  // namespace

const KernelRecord& replay_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::replay},
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
