// SPDX-License-Identifier: Apache-2.0
// Additions: the sum of two maps. The layer, and the record of add.cl.
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"
#include "runtime/bundle/layers/layer_record.hpp"

namespace sluice {
namespace {

LayerCounts counts(const Layer&) { return {.multipliers = 2}; }

std::int32_t code(const OutputPlace& at) {
  const Layer& layer = at.layer;
  return sluice_add(at.a.at(at.y, at.x, at.channel), layer.multiplier[0], at.b.at(at.y, at.x, at.channel),
                    layer.multiplier[1], layer.shift, layer.clamp_low, layer.clamp_high);
}

std::map<Number, int> kernel_numbers(const Layer&, int, int on_a) { return {{Number::is_swapped, on_a}}; }

// Port A carries the branch that leads on, which may be the layer's second operand.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const Layer& layer = source.layer();
  const auto a = std::size_t(source.number(Number::is_swapped));
  append_settings(source, {layer.multiplier[a], layer.multiplier[1 - a]}, tables);
}

}  // namespace

const LayerRecord& add_layer() {
  static const LayerRecord record{
      .operands = 2,
      .windows = Windows::none,
      .requantises = true,
      .pads_with_lowest = false,
      .products = 2,
      .counts = counts,
      .second_operand = nullptr,
      .check = check_kept_shape,
      .code = code,
      .kernel_numbers = kernel_numbers,
  };
  return record;
}

const KernelRecord& add_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers =
          std::vector<Number>{Number::is_swapped, Number::curve, Number::shift, Number::code_low, Number::code_high},
      .role = Role::computes,
      .computes = LayerKind::add,
      .obeys = kObeysNothing,
      .check = check_either_order,
      .memory_bytes = curve_memory_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
