// SPDX-License-Identifier: Apache-2.0
// The record of average_pool.cl: the mean of a window.
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"

namespace sluice {

const KernelRecord& average_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::curve},
      .role = Role::computes,
      .computes = LayerKind::average_pool,
      .obeys = kObeysNothing,
      .check = check_pool,
      .memory_bytes = curve_memory_bytes,
      .parameters = append_single_factor,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
