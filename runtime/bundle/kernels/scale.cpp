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

std::int64_t stored_bytes(const Netlist&, const Kernel& kernel) { return bytes_with_curve(kernel); }

void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const Layer& layer = source.layer();
  append_settings(
      source, {layer.multiplier[0], word_of(layer.shift), word_of(layer.clamp_low), word_of(layer.clamp_high)}, tables);
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
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
