// SPDX-License-Identifier: Apache-2.0
// The record of global_average_pool.cl: the mean of a map.
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const Layer& layer = fit.layer();
  SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, fit.out().lanes));
  SLUICE_CHECK(fit.number(Number::steps, layer.input.pixels()));
  SLUICE_CHECK(fit.number(Number::channel_groups, layer.input.channels / fit.in().lanes));
  return fit.carries_map(fit.in(), layer.input, fit.arriving_bits());
}

std::int64_t stored_bytes(const Netlist&, const Kernel& kernel) { return bytes_with_curve(kernel); }

void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const Layer& layer = source.layer();
  append_settings(
      source, {layer.multiplier[0], word_of(layer.shift), word_of(layer.clamp_low), word_of(layer.clamp_high)}, tables);
}

}  // namespace

const KernelRecord& global_average_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::channel_groups, Number::curve},
      .role = Role::computes,
      .computes = LayerKind::global_average_pool,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
