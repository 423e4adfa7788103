// SPDX-License-Identifier: Apache-2.0
// The record of scale.cl: a map times its 1x1 gates.
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

// Port A carries the gates, the layer's second operand.
Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_operands(fit, 1));
  SLUICE_CHECK(fit.number(Number::steps, fit.pixels()));
  return fit.number(Number::channel_groups, fit.layer().input.channels / fit.out().lanes);
}

}  // namespace

const KernelRecord& scale_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::channel_groups, Number::curve},
      .role = Role::computes,
      .computes = LayerKind::scale,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = curve_memory_bytes,
      .parameters = append_single_factor,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
