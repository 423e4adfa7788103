// SPDX-License-Identifier: Apache-2.0
// The record of concat.cl: the channels of two maps one after another.
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const std::size_t first = SLUICE_TRY(operand_on_a(fit));
  SLUICE_CHECK(check_operands(fit, first));
  SLUICE_CHECK(fit.number(Number::a_groups, fit.layer().operand(first).channels / fit.out().lanes));
  return fit.number(Number::b_groups, fit.layer().operand(1 - first).channels / fit.out().lanes);
}

}  // namespace

const KernelRecord& concat_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::a_groups, Number::b_groups, Number::is_swapped},
      .role = Role::computes,
      .computes = LayerKind::concat,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
