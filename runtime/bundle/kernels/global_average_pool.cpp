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
      .memory_bytes = curve_memory_bytes,
      .parameters = append_single_factor,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
