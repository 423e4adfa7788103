// SPDX-License-Identifier: Apache-2.0
// The record of fork.cl: one map to two readers.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const int first = fit.value(Number::branch_first), last = fit.value(Number::branch_last);
  if (first < 1 || last < 0 || last > std::ssize(fit.netlist().kernels)) {
    return user_error("kernel {}: a branch of kernels {} to {}", fit.kernel().name, first, last);
  }
  for (std::size_t branch = 0; branch < 2; ++branch) {
    SLUICE_CHECK(fit.equal("lanes of " + fit.out(branch).name, fit.out(branch).lanes, fit.in().lanes));
    SLUICE_CHECK(fit.carries(fit.out(branch), fit.in().beats * fit.in().lanes, fit.in().element_bits));
  }
  return ok();
}

}  // namespace

const KernelRecord& fork_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 2,
      .numbers = std::vector<Number>{Number::branch_first, Number::branch_last},
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
