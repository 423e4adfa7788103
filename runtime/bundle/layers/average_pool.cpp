// SPDX-License-Identifier: Apache-2.0
// Average pools: the mean of a window. The layer, and the record of average_pool.cl.
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/kernels/line_buffer_fit.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

std::int32_t code(const OutputPlace& at) {
  std::int32_t sum = 0;
  at.for_each_tap([&](int, int, int y, int x) { sum += at.a.at(y, x, at.channel); });
  return requantised(at.layer, sum);
}

}  // namespace

const LayerRecord& average_pool_layer() {
  static const LayerRecord record{
      .operands = 1,
      .windows = Windows::cut,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 0,
      .counts = counts_one_multiplier,
      .second_operand = nullptr,
      .check = check_kept_channels,
      .code = code,
      .kernel_numbers = pool_numbers,
  };
  return record;
}

const KernelRecord& average_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::curve, Number::shift, Number::code_low, Number::code_high},
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
