// SPDX-License-Identifier: Apache-2.0
// Max pools: the largest code of a window. The layer, and the record of max_pool.cl.
#include <algorithm>
#include <limits>

#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

std::int32_t code(const OutputPlace& at) {
  std::int32_t largest = std::numeric_limits<std::int32_t>::min();
  at.for_each_tap([&](int, int, int y, int x) { largest = std::max(largest, at.a.at(y, x, at.channel)); });
  return largest;
}

}  // namespace

const LayerRecord& max_pool_layer() {
  static const LayerRecord record{
      .operands = 1,
      .windows = Windows::cut,
      .requantises = false,
      .pads_with_lowest = true,
      .products = 0,
      .counts = counts_nothing,
      .second_operand = nullptr,
      .check = check_kept_channels,
      .code = code,
      .kernel_numbers = pool_numbers,
  };
  return record;
}

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
