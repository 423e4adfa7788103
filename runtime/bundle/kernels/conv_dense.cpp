// SPDX-License-Identifier: Apache-2.0
// The record of conv_dense.cl: multiplies every weight by every code.
#include "runtime/bundle/kernels/convolution_fit.hpp"
#include "runtime/bundle/kernels/kernel_memory.hpp"
#include "runtime/bundle/kernels/kernel_record.hpp"

namespace sluice {
namespace {

Status check(const KernelFit& fit) {
  SLUICE_CHECK(check_convolution(fit, std::max<std::int64_t>(1, fit.window_codes() / fit.in().lanes)));
  return check_window_beats(fit);
}

std::int64_t stored_bytes(const Netlist& netlist, const Kernel& kernel) {
  const std::int64_t rows = std::int64_t{kernel.numbers.at(Number::filter_groups)} * kernel.numbers.at(Number::steps);
  return engine_bytes(netlist, kernel, rows, beat_products(netlist, kernel));
}

void parameters(const ParameterSource& source, std::vector<ParameterTable>& tables) {
  tables.push_back(window_weights(source, source.in_lanes()));
  append_requantisers(source, tables);
}

int products(const Netlist& netlist, const Kernel& kernel) { return beat_products(netlist, kernel); }

}  // namespace

const KernelRecord& conv_dense_record() {
  static const KernelRecord record{
      .inputs = 1,
      .outputs = 1,
      .numbers =
          std::vector<Number>{Number::steps, Number::filter_groups, Number::weight_bits, Number::sum_bits,
                              Number::curve, Number::shift, Number::code_low, Number::code_high, Number::sends_sums},
      .role = Role::computes,
      .computes = LayerKind::conv,
      .obeys = kObeysNothing,
      .check = check,
      .memory_bytes = stored_bytes,
      .parameters = parameters,
      .multipliers = products,
  };
  return record;
}

}  // namespace sluice
