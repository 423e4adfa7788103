// SPDX-License-Identifier: Apache-2.0
// The record of add.cl: the sum of two maps.
#include "runtime/bundle/kernels/join_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  const std::size_t first = SLUICE_TRY(operand_on_a(fit));
  return check_operands(fit, first);
}

// Port A carries the branch that leads on, which may be the layer's second operand.
void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  const Layer& layer = source.layer();
  const auto a = std::size_t(source.number(Number::is_swapped));
  append_settings(source,
                  {layer.multiplier[a], layer.multiplier[1 - a], word_of(layer.shift), word_of(layer.clamp_low),
                   word_of(layer.clamp_high)},
                  tables);
}

}  // namespace

const KernelRecord& add_record() {
  static const KernelRecord record{
      .inputs = 2,
      .outputs = 1,
      .numbers = std::vector<Number>{Number::is_swapped, Number::curve},
      .role = Role::computes,
      .computes = LayerKind::add,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = curve_memory_bytes,
      .parameters = parameters,
      .multipliers = nullptr,
  };
  return record;
}

}  // namespace sluice
