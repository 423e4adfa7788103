// SPDX-License-Identifier: Apache-2.0
// The record of max_pool.cl: the largest code of a window.
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"

namespace sluice {

const KernelRecord& max_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps},
      .role = Role::computes,
      .computes = LayerKind::max_pool,
      .obeys = kObeysNothing,
      .check = check_pool,
      .memory_bytes = nullptr,
      .parameters = nullptr,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
