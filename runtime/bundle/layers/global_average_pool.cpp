// SPDX-License-Identifier: Apache-2.0
// Global average pools: the mean of a map. The layer, and the record of global_average_pool.cl.
#include "runtime/base/errors.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

Status check_shape(const Layer& layer) {
  if (layer.output.height != 1 || layer.output.width != 1)
    return user_error("layer {}: a global pool makes 1x1 maps", layer.name);
  return check_kept_channels(layer);
}

std::int32_t code(const OutputPlace& at) {
  std::int32_t sum = 0;
  for (int y = 0; y < at.a.shape.height; ++y) {
    for (int x = 0; x < at.a.shape.width; ++x) sum += at.a.at(y, x, at.channel);
  }
  return requantised(at.layer, sum);
}

Status check_kernel(const KernelFit& fit) {
  SLUICE_CHECK(fit.equal("lanes of " + fit.in().name, fit.in().lanes, fit.out().lanes));
  return fit.carries_map(fit.in(), fit.layer().input, fit.arriving_bits());
}

}  // namespace

const LayerRecord& global_average_pool_layer() {
  static const LayerRecord record{
      .operands = 1,
      .windows = Windows::none,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 0,
      .counts = counts_one_multiplier,
      .second_operand = nullptr,
      .check = check_shape,
      .code = code,
      .kernel_numbers = map_numbers,
  };
  return record;
}

const KernelRecord& global_average_pool_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::channel_groups, Number::curve, Number::shift,
                                     Number::code_low, Number::code_high},
      .role = Role::computes,
      .computes = LayerKind::global_average_pool,
      .obeys = kObeysNothing,
      .check = check_kernel,
      .memory_bytes = curve_memory_bytes,
      .parameters = append_single_factor,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
