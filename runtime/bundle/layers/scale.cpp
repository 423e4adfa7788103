// SPDX-License-Identifier: Apache-2.0
// Scales (squeeze-excite): a map times its 1x1 gates. The layer, and the record of scale.cl.
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

MapShape second_operand(const Layer& layer) { return {1, 1, layer.input.channels}; }

std::int32_t code(const OutputPlace& at) {
  return requantised(at.layer, at.a.at(at.y, at.x, at.channel) * at.b.at(0, 0, at.channel));
}

// Port A carries the gates, the layer's second operand.
Status check_kernel(const KernelFit& fit) { return check_operands(fit, 1); }

}  // namespace

const LayerRecord& scale_layer() {
  static const LayerRecord record{
      .operands = 2,
      .windows = Windows::none,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 1,
      .counts = counts_one_multiplier,
      .second_operand = second_operand,
      .check = check_kept_shape,
      .code = code,
      .kernel_numbers = map_numbers,
  };
  return record;
}

const KernelRecord& scale_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::steps, Number::channel_groups, Number::curve, Number::shift,
                                     Number::code_low, Number::code_high},
      .role = Role::computes,
      .computes = LayerKind::scale,
      .obeys = kObeysNothing,
      .check = check_kernel,
      .memory_bytes = curve_memory_bytes,
      .parameters = append_single_factor,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
