// SPDX-License-Identifier: Apache-2.0
// The record of max_pool.cl: the largest code of a window.
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, fit.out().lanes));
  SLUICE_CHECK(fit.number(Number::steps, fit.taps()));
  return fit.carries(fit.in(), fit.own_pixels() * fit.window_codes(), fit.arriving_bits());
}

}  // namespace

const KernelRecord& max_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps},
      .role = Role::computes,
      .computes = LayerKind::max_pool,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
